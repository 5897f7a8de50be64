// The importer of llama2.c checkpoints, on files made here: good ones of every version, and damaged
// ones.
#include "source/llama2c/llama2c.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "import/source_kind.hpp"
#include "support/convert_checkpoint.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {
namespace {

using test::Checkpoint;
using test::error_of;
using test::TemporaryFolder;

/// Compares a matrix with the checkpoint's formula; `source_row` gives the row of the file.
template <typename SourceRow>
void check_matrix(const Checkpoint& checkpoint, const SourceMatrix& matrix, int kind, int layer,
                  SourceRow source_row) {
  ASSERT_EQ(std::int64_t{matrix.rows} * matrix.columns, checkpoint.elements(kind)) << matrix.name;
  std::vector<float> row(matrix.columns);
  for (std::uint32_t i = 0; i < matrix.rows; ++i) {
    matrix.read_row(i, row);
    for (std::uint32_t k = 0; k < matrix.columns; ++k) {
      const std::int64_t element = std::int64_t{source_row(i)} * matrix.columns + k;
      ASSERT_EQ(row[k], checkpoint.value(kind, layer, element))
          << matrix.name << " " << i << " " << k;
    }
  }
}

std::uint32_t same(std::uint32_t row) { return row; }

/// The pairs (0, 1), (2, 3), … of a head become (0, 4), (1, 5), … for the heads of size 8 in these
/// tests.
std::uint32_t interleaved(std::uint32_t row) {
  constexpr std::uint32_t order[8] = {0, 2, 4, 6, 1, 3, 5, 7};
  return row / 8 * 8 + order[row % 8];
}

void check_model(const Checkpoint& c, const SourceModel& model) {
  check_matrix(c, model.embedding, 0, 0, same);
  ASSERT_EQ(model.layers.size(), static_cast<std::size_t>(c.layers));
  for (int i = 0; i < c.layers; ++i) {
    const SourceLayer& layer = model.layers[static_cast<std::size_t>(i)];
    EXPECT_EQ(layer.attention_norm->values.at(3), c.value(1, i, 3));
    check_matrix(c, layer.wq, 2, i, interleaved);
    check_matrix(c, layer.wk, 3, i, interleaved);
    check_matrix(c, layer.wv, 4, i, same);
    check_matrix(c, layer.wo, 5, i, same);
    EXPECT_EQ(layer.ffn_norm->values.at(3), c.value(6, i, 3));
    check_matrix(c, *layer.w_gate, 7, i, same);
    check_matrix(c, layer.w_down, 8, i, same);
    check_matrix(c, layer.w_up, 9, i, same);
  }
  EXPECT_EQ(model.final_norm.values.at(3), c.value(10, 0, 3));
  ASSERT_EQ(model.lm_head.has_value(), !c.shared);
  if (model.lm_head) check_matrix(c, *model.lm_head, 11, 0, same);
}

TEST(Llama2c, ReadsEveryVersion) {
  const TemporaryFolder folder;
  for (const bool shared : {true, false}) {
    Checkpoint checkpoint;
    checkpoint.shared = shared;
    check_model(checkpoint, import_llama2c(folder.write("legacy.bin", checkpoint.legacy())).model);
    check_model(checkpoint, import_llama2c(folder.write("v1.bin", checkpoint.versioned(1))).model);
    check_model(checkpoint, import_llama2c(folder.write("v2.bin", checkpoint.versioned(2))).model);
  }
}

TEST(Llama2c, ReadsGroupsThatStraddleRows) {
  const TemporaryFolder folder;
  // Rows of w2 have 24 columns: groups of 64 begin and end anywhere in them.
  for (const std::int32_t group_size : {1, 4, 16, 64}) {
    Checkpoint checkpoint;
    checkpoint.group_size = group_size;
    const Llama2cImport imported = import_llama2c(folder.write("v2.bin", checkpoint.versioned(2)));
    EXPECT_EQ(imported.group_size, static_cast<std::uint32_t>(group_size));
    check_model(checkpoint, imported.model);
  }
}

TEST(Llama2c, CodesGoToInt8AndFloatsToTheDefault) {
  const TemporaryFolder folder;
  const auto codes = import_llama2c(folder.write("v2.bin", Checkpoint().versioned(2))).model;
  const auto floats = import_llama2c(folder.write("v1.bin", Checkpoint().versioned(1))).model;
  const WriteOptions options{.keep_codes = all_classes};
  EXPECT_EQ(options.format_of(TensorClass::attention, codes.layers[0].wq), MatrixFormat::int8);
  EXPECT_EQ(options.format_of(TensorClass::feed_forward, codes.layers[1].w_down),
            MatrixFormat::int8);
  EXPECT_EQ(options.format_of(TensorClass::attention, floats.layers[0].wq), MatrixFormat::int4);
  EXPECT_EQ(options.format_of(TensorClass::embedding, floats.embedding), MatrixFormat::int8);
  EXPECT_EQ(WriteOptions{}.format_of(TensorClass::attention, codes.layers[0].wq),
            MatrixFormat::int4);
}

TEST(Llama2c, DescribesTheArchitecture) {
  const TemporaryFolder folder;
  const SourceModel model = import_llama2c(folder.write("a.bin", Checkpoint().versioned(1))).model;
  const Architecture& a = model.architecture;
  EXPECT_EQ(a.dim, 32U);
  EXPECT_EQ(a.hidden_dim, 24U);
  EXPECT_EQ(a.heads, 4U);
  EXPECT_EQ(a.kv_heads, 2U);
  EXPECT_EQ(a.head_dim, 8U);
  EXPECT_EQ(a.rotary_dim, 8U);
  EXPECT_EQ(a.vocab_size, 40U);
  EXPECT_EQ(a.trained_context, 16U);
  EXPECT_EQ(a.norm_epsilon, 1e-5F);
  EXPECT_EQ(a.attention_scale, 1.0F / std::sqrt(8.0F));
  EXPECT_TRUE(a.tied_embedding);
  EXPECT_EQ(model.name, "a");
}

std::string import_error(const TemporaryFolder& folder, const std::string& bytes) {
  const auto path = folder.write("bad.bin", bytes);
  const std::string error = error_of([&] {
    (void)detect_source(path);
    import_llama2c(path);
  });
  EXPECT_TRUE(error.starts_with(path.string())) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  return error;
}

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Llama2c, RefusesEveryTruncation) {
  const TemporaryFolder folder;
  Checkpoint checkpoint;
  checkpoint.shared = false;
  for (const std::string& whole :
       {checkpoint.legacy(), checkpoint.versioned(1), checkpoint.versioned(2)}) {
    for (std::size_t size = 1; size < whole.size(); size += size < 300 ? 9 : 1999) {
      EXPECT_CONTAINS(import_error(folder, whole.substr(0, size)), "truncated");
    }
    EXPECT_CONTAINS(import_error(folder, whole + "x"), "1 bytes after its last tensor");
  }
}

TEST(Llama2c, NamesTheTensorThatIsCutOff) {
  const TemporaryFolder folder;
  const std::string whole = Checkpoint().versioned(1);
  const std::string error = import_error(folder, whole.substr(0, whole.size() - 1));
  EXPECT_CONTAINS(error, "layers.1.feed_forward.w3 takes 3072 bytes at offset " +
                             std::to_string(whole.size() - 3072));
  EXPECT_CONTAINS(error, "the file has " + std::to_string(whole.size() - 1));
}

TEST(Llama2c, RefusesNonsensicalSizes) {
  const TemporaryFolder folder;
  const std::string whole = Checkpoint().versioned(1);
  for (std::size_t field = 0; field < 7; ++field) {
    for (const std::int32_t value : {0, -1, 7, 0x7FFFFFFF, -0x7FFFFFFF - 1}) {
      std::string bytes = whole;
      std::memcpy(bytes.data() + 8 + 4 * field, &value, sizeof(value));
      if (field == 6 && value > 0) continue;  // nothing in the file depends on the context
      EXPECT_NE(import_error(folder, bytes), "no error") << field << " " << value;
      bytes = Checkpoint().legacy();
      std::memcpy(bytes.data() + 4 * field, &value, sizeof(value));
      EXPECT_NE(import_error(folder, bytes), "no error") << field << " " << value;
    }
  }
}

TEST(Llama2c, RefusesBadFlags) {
  const TemporaryFolder folder;
  std::string bytes = Checkpoint().versioned(2);
  bytes[36] = 2;
  EXPECT_CONTAINS(import_error(folder, bytes), "shared_classifier = 2");
  bytes[36] = 1;
  for (const std::int32_t group_size : {0, -8}) {
    std::memcpy(bytes.data() + 37, &group_size, sizeof(group_size));
    EXPECT_CONTAINS(import_error(folder, bytes), "group_size = " + std::to_string(group_size));
  }
  bytes[37] = 7;
  bytes[38] = bytes[39] = bytes[40] = 0;
  EXPECT_CONTAINS(import_error(folder, bytes), "groups of 7");
  bytes[4] = 3;
  EXPECT_CONTAINS(import_error(folder, bytes), "version 3");
}

TEST(Llama2c, NamesOtherFormats) {
  const TemporaryFolder folder;
  EXPECT_CONTAINS(import_error(folder, ""), "is empty");
  EXPECT_EQ(detect_source(folder.write("a.gguf", "GGUF\3")).kind, SourceKind::gguf);
  const std::string safetensors = std::string("\x40\0\0\0\0\0\0\0", 8) + "{\"a\":1}";
  EXPECT_CONTAINS(import_error(folder, safetensors), "safetensors");
  EXPECT_CONTAINS(import_error(folder, "PK\3\4xxxxxxxx"), "PyTorch");
  EXPECT_CONTAINS(error_of([&] { (void)detect_source(folder.path()); }), "is a directory");
  (void)folder.write("config.json", "{}");
  EXPECT_EQ(detect_source(folder.path()).kind, SourceKind::huggingface);
  EXPECT_CONTAINS(error_of([&] { (void)detect_source(folder.path() / "none"); }), "does not exist");
}

}  // namespace
}  // namespace ringlet::convert

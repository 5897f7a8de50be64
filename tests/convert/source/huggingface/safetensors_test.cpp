// safetensors headers and shards: malformed ones are refused with the tensor and field at fault.
#include "source/huggingface/safetensors.hpp"

#include <gtest/gtest.h>

#include "source/huggingface/huggingface.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/folder_maker.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;
using test::TemporaryFolder;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

std::string file_of(const std::string& header, std::size_t data) {
  std::string bytes;
  test::append(bytes, std::uint64_t{header.size()});
  return bytes + header + std::string(data, '\0');
}

std::string error_in(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.safetensors", bytes);
  std::string error = error_of([&] {
    TensorStore store("source");
    add_safetensors(path, store);
  });
  EXPECT_TRUE(error.starts_with(path.string())) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  return error;
}

std::string error_in(const std::string& entry, std::size_t data) {
  return error_in(file_of("{\"t\":" + entry + "}", data));
}

TEST(Safetensors, ReadsEveryFloat) {
  const TemporaryFolder folder;
  std::string bytes = file_of(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},)"
      R"("c":{"dtype":"BF16","shape":[1,2],"data_offsets":[12,16]}})",
      0);
  test::append(bytes, 1.5F);
  test::append(bytes, -2.0F);
  for (const int half : {0x3E00, 0xC000, 0x3FC0, 0xC000}) {
    test::append(bytes, static_cast<std::uint16_t>(half));
  }
  TensorStore store("source");
  add_safetensors(folder.write("a.safetensors", bytes), store);
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(store.vector(name, 2).values, (std::vector<float>{1.5F, -2.0F})) << name;
  }
  store.finish();
}

TEST(Safetensors, DimensionsOfOneDoNotMatterAroundAShape) {
  const TemporaryFolder folder;
  for (const char* shape : {"[3,2]", "[3,2,1]", "[1,3,2]", "[1,3,2,1]"}) {
    std::string bytes = file_of(
        std::string(R"({"t":{"dtype":"F32","shape":)") + shape + R"(,"data_offsets":[0,24]}})", 0);
    for (int i = 0; i < 6; ++i) test::append(bytes, static_cast<float>(i));
    TensorStore store("source");
    add_safetensors(folder.write("a.safetensors", bytes), store);
    std::vector<float> row(2);
    store.matrix("t", 3, 2).read_row(2, row);
    EXPECT_EQ(row, (std::vector<float>{4, 5})) << shape;
    EXPECT_NE(error_of([&] { (void)store.matrix("t", 2, 3); }), "no error") << shape;
  }
}

/// Codes of 4 bits with a bias have more numbers than INT4's lattice, which has zero in its middle.
TEST(Safetensors, AffineCodesGoToInt8) {
  const TemporaryFolder folder;
  std::string bytes = file_of(R"({"t.weight":{"dtype":"U32","shape":[2,8],"data_offsets":[0,64]},)"
                              R"("t.scales":{"dtype":"F32","shape":[2,1],"data_offsets":[64,72]},)"
                              R"("t.biases":{"dtype":"F32","shape":[2,1],"data_offsets":[72,80]}})",
                              0);
  for (int i = 0; i < 16; ++i) test::append(bytes, std::uint32_t{0x76543210});
  for (const float value : {0.5F, 2.0F, -3.0F, 1.0F}) test::append(bytes, value);
  TensorStore store("source");
  add_safetensors(folder.write("a.safetensors", bytes), store);
  store.set_mlx_affine({.bits = 4, .group = 64});
  const SourceMatrix matrix = store.matrix("t.weight", 2, 64);
  std::vector<float> row(64);
  matrix.read_row(0, row);
  EXPECT_EQ(row[0], -3.0F);
  EXPECT_EQ(row[13], 5 * 0.5F - 3.0F);
  matrix.read_row(1, row);
  EXPECT_EQ(row[15], 7 * 2.0F + 1.0F);
  ASSERT_TRUE(matrix.codes.has_value());
  EXPECT_EQ(matrix.codes->type, "MLX affine 4-bit");
  EXPECT_EQ(matrix.codes->kept_in, MatrixFormat::int8);
}

TEST(Safetensors, NamesTheFieldAtFault) {
  EXPECT_CONTAINS(error_in("short"), "too short");
  EXPECT_CONTAINS(error_in(file_of("{}", 0).substr(0, 9)), "truncated");
  EXPECT_CONTAINS(error_in(std::string(8, '\xFF') + "{}"), "truncated");
  EXPECT_CONTAINS(error_in(file_of("[1]", 0)), "header must be an object");
  EXPECT_CONTAINS(error_in(file_of("{\"t\":", 0)), "not valid JSON at byte");
  EXPECT_CONTAINS(error_in("5", 0), "tensor 't' = 5 must be an object");
  EXPECT_CONTAINS(error_in(R"({"shape":[1],"data_offsets":[0,4]})", 4), "dtype is missing");
  EXPECT_CONTAINS(error_in(R"({"dtype":"Q7","shape":[1],"data_offsets":[0,4]})", 4), "'Q7'");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})", 4),
                  "shape[0] = -1 must be");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})", 4),
                  "data_offsets must be");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,8]})", 4),
                  "data_offsets must be");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[3],"data_offsets":[0,4]})", 4),
                  "span 4 bytes, but shape and dtype need 12");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", 4), "truncated");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8),
                  "the tensor before ends at 0");
  EXPECT_CONTAINS(error_in(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", 9),
                  "5 bytes after its last tensor");
  EXPECT_CONTAINS(
      error_in(R"({"dtype":"F32","shape":[4294967296,4294967296,16],"data_offsets":[0,4]})", 4),
      "an impossible shape");
}

TEST(Safetensors, OverlapsAreRefused) {
  EXPECT_CONTAINS(error_in(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                                   R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                                   12)),
                  "tensor 'b': data_offsets begin at 4, but the tensor before ends at 8");
}

std::string index_error(const TemporaryFolder& folder, const std::string& index) {
  (void)folder.write("model.safetensors.index.json", index);
  return error_of([&] {
    TensorStore store("source");
    add_safetensors_folder(folder.path(), store);
  });
}

TEST(Safetensors, ShardsAreThoseOfTheIndex) {
  const TemporaryFolder folder;
  const std::string shard = file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4);
  (void)folder.write("one.safetensors", shard);
  EXPECT_EQ(index_error(folder, R"({"weight_map":{"a":"one.safetensors"}})"), "no error");
  EXPECT_CONTAINS(index_error(folder, R"({"weight_map":{"b":"one.safetensors"}})"), "'b' is in");
  EXPECT_CONTAINS(index_error(folder, R"({"weight_map":{"a":"two.safetensors"}})"), "two.safe");
  EXPECT_CONTAINS(index_error(folder, R"({"weight_map":{"a":"../one.safetensors"}})"),
                  "is not the name of a file");
  EXPECT_CONTAINS(index_error(folder, R"({"weight_map":{"a":7}})"), "must be a file name");
  EXPECT_CONTAINS(index_error(folder, R"({"weight_map":[]})"), "weight_map = []");
  EXPECT_CONTAINS(index_error(folder, "{}"), "weight_map is missing");
}

/// A folder of a small Llama, with one tensor changed by `edit`.
std::string folder_error(const std::string& skipped, const std::string& added,
                         std::size_t added_rows) {
  const TemporaryFolder folder;
  test::FolderMaker maker(1);
  const auto store = [&](const std::string& name, std::size_t rows, std::size_t columns) {
    if (name != skipped) (void)maker.stored_matrix(name, rows, columns);
  };
  const auto norm = [&](const std::string& name) {
    if (name != skipped) (void)maker.stored_vector(name, 16);
  };
  store("model.embed_tokens.weight", 20, 16);
  norm("model.norm.weight");
  const std::string layer = "model.layers.0.";
  norm(layer + "input_layernorm.weight");
  norm(layer + "post_attention_layernorm.weight");
  for (const char* part : {"q_proj", "k_proj", "v_proj", "o_proj"}) {
    store(layer + "self_attn." + part + ".weight", 16, 16);
  }
  for (const char* part : {"gate_proj", "up_proj", "down_proj"}) {
    store(layer + "mlp." + part + ".weight", 16, 16);
  }
  if (!added.empty()) (void)maker.stored_matrix(added, added_rows, 16);
  maker.write(folder.path() / "m",
              R"({"model_type":"llama","vocab_size":20,"hidden_size":16,"intermediate_size":16,)"
              R"("num_hidden_layers":1,"num_attention_heads":2,"max_position_embeddings":8,)"
              R"("tie_word_embeddings":true})");
  return error_of([&] { (void)import_huggingface(folder.path() / "m"); });
}

TEST(HuggingFaceFolder, EveryTensorHasItsPlace) {
  EXPECT_EQ(folder_error("", "", 0), "no error");
  const std::string q = "model.layers.0.self_attn.q_proj.weight";
  EXPECT_CONTAINS(folder_error(q, "", 0), "has no tensor '" + q + "'");
  EXPECT_CONTAINS(folder_error(q, q, 8), "of shape [8, 16], but its architecture needs [16, 16]");
  EXPECT_CONTAINS(folder_error("", "model.layers.0.self_attn.q_proj.bias", 1),
                  "a tensor 'model.layers.0.self_attn.q_proj.bias' that its architecture has no");
  EXPECT_EQ(folder_error("", "lm_head.weight", 20), "no error");
}

}  // namespace
}  // namespace ringlet::convert

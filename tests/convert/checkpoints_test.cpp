// Real checkpoints: the same model in two formats gives the same tensors, and all convert.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <sstream>

#include "ringlet/model.hpp"
#include "source/llama2c/llama2c.hpp"
#include "support/aligned.hpp"
#include "tokenizer/llama2c_tokenizer.hpp"
#include "tokenizer/tokenizer_tables.hpp"
#include "write/segment.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {
namespace {

const std::filesystem::path folder =
    std::filesystem::path(RINGLET_TEST_DATA) / "models" / "llama2c";

#define SKIP_WITHOUT(file)                                                     \
  if (!std::filesystem::exists(folder / (file))) {                             \
    GTEST_SKIP() << "SKIPPED: " << (folder / (file)).string() << " is absent"; \
  }

std::vector<float> all_values(const SourceMatrix& matrix) {
  std::vector<float> values(std::size_t{matrix.rows} * matrix.columns);
  for (std::uint32_t row = 0; row < matrix.rows; ++row) {
    matrix.read_row(row,
                    std::span(values).subspan(std::size_t{row} * matrix.columns, matrix.columns));
  }
  return values;
}

/// Every tensor's values in the order of the file.
std::vector<std::vector<float>> all_tensors(const SourceModel& model) {
  std::vector<std::vector<float>> tensors;
  SegmentRecord record = plan_segment(model, {});
  visit_tensors(
      model, record,
      [&](const SourceMatrix& m, const TensorRecord&) { tensors.push_back(all_values(m)); },
      [&](const SourceVector& v, const PlaneRecord&) { tensors.push_back(v.values); });
  return tensors;
}

TEST(RealModels, LegacyAndVersion1AreTheSame) {
  SKIP_WITHOUT("stories260K.bin");
  SKIP_WITHOUT("stories260K_v1.bin");
  const auto legacy = all_tensors(import_llama2c(folder / "stories260K.bin").model);
  const auto version1 = all_tensors(import_llama2c(folder / "stories260K_v1.bin").model);
  ASSERT_EQ(legacy.size(), version1.size());
  for (std::size_t i = 0; i < legacy.size(); ++i) EXPECT_EQ(legacy[i], version1[i]) << i;
}

TEST(RealModels, QuantizedAndFloatSourcesAreClose) {
  SKIP_WITHOUT("stories260K.bin");
  SKIP_WITHOUT("stories260K_q8_bennyz.bin");
  const auto floats = all_tensors(import_llama2c(folder / "stories260K.bin").model);
  const auto codes = all_tensors(import_llama2c(folder / "stories260K_q8_bennyz.bin").model);
  ASSERT_EQ(floats.size(), codes.size());
  for (std::size_t i = 0; i < floats.size(); ++i) {
    double error = 0;
    double total = 0;
    for (std::size_t k = 0; k < floats[i].size(); ++k) {
      error += std::pow(double{floats[i][k]} - codes[i][k], 2);
      total += std::pow(double{floats[i][k]}, 2);
    }
    EXPECT_LT(error, total * 1e-4) << i;
  }
}

TEST(RealModels, ConvertAndVerify) {
  for (const char* name : {"stories260K.bin", "stories260K_q8_bennyz.bin", "stories3M-q80.bin"}) {
    SKIP_WITHOUT(name);
    const SourceModel source = import_llama2c(folder / name).model;
    const test::AlignedBytes bytes(write_model_to_memory(source, {}));
    const Result<Model> model = Model::open(bytes.span());
    ASSERT_TRUE(model.ok());
    EXPECT_TRUE(model->verify_data().ok());
  }
}

/// Its groups of 64 lie within rows, so that INT8 keeps the codes and only rounds scales to fp16.
TEST(RealModels, Int8IsCarriedOver) {
  SKIP_WITHOUT("stories3M-q80.bin");
  const SourceModel source = import_llama2c(folder / "stories3M-q80.bin").model;
  std::ostringstream out;
  for (const auto& tensor : write_model(source, {.weights = MatrixFormat::int8}, out).tensors) {
    EXPECT_LT(tensor.relative_error, 0x1p-11) << tensor.name;
  }
}

TEST(RealModels, TokenizersHaveAllTheirPieces) {
  const std::pair<const char*, std::uint32_t> files[] = {
      {"tok512.bin", 512}, {"tok4096.bin", 4096}, {"tokenizer.bin", 32000}};
  for (const auto& [name, size] : files) {
    SKIP_WITHOUT(name);
    const SourceTokenizer tokenizer = import_llama2c_tokenizer(folder / name, size);
    const TokenizerTables tables = build_tokenizer_tables(tokenizer);
    EXPECT_EQ(tables.byte_tokens.size(), 256U);
    EXPECT_EQ(tables.sorted.size(), size - 259);
    EXPECT_TRUE(tables.splits_before_space) << name;
  }
}

}  // namespace
}  // namespace ringlet::convert

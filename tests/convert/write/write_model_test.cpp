// Whole model files: the runtime opens and verifies the files that the writer creates, and the
// writer refuses what it cannot create.
#include "write/write_model.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <sstream>

#include "model/file_format.hpp"
#include "ringlet/model.hpp"
#include "schema/ringlet_generated.h"
#include "source/llama2c/llama2c.hpp"
#include "support/aligned.hpp"
#include "support/convert_checkpoint.hpp"
#include "tokenizer/llama2c_tokenizer.hpp"

namespace ringlet::convert {
namespace {

using test::Checkpoint;
using test::error_of;
using test::TemporaryFolder;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

SourceModel small_model(const TemporaryFolder& folder, bool shared = true) {
  Checkpoint checkpoint;
  checkpoint.shared = shared;
  checkpoint.vocab_size = 261;
  SourceModel model = import_llama2c(folder.write("m.bin", checkpoint.versioned(1))).model;
  const auto tokenizer = folder.write("t.bin", test::tokenizer_file({" a", "b"}));
  model.tokenizer = import_llama2c_tokenizer(tokenizer, 261);
  model.licence = "MIT";
  return model;
}

std::string describe(const Status& status) {
  std::array<char, 256> text{};
  return std::string(ringlet::describe(status, text));
}

TEST(WriteModel, IsOpenedAndVerifiedByTheRuntime) {
  const TemporaryFolder folder;
  for (const bool shared : {true, false}) {
    for (const MatrixFormat format : {MatrixFormat::f32, MatrixFormat::int8, MatrixFormat::int4}) {
      const SourceModel source = small_model(folder, shared);
      const test::AlignedBytes bytes(write_model_to_memory(
          source, {.weights = format, .embedding = format, .lm_head = format}));
      const Result<Model> model = Model::open(bytes.span());
      ASSERT_TRUE(model.ok()) << describe(model.status());
      EXPECT_TRUE(model->verify_data().ok()) << describe(model->verify_data());
      EXPECT_EQ(model->architecture().tied_embedding, shared);
      EXPECT_EQ(model->tables()->lm_head() == nullptr, shared);
      EXPECT_EQ(model->tables()->provenance()->licence()->str(), "MIT");
      EXPECT_EQ(model->tables()->tokenizer()->ends()->size(), 261U);
      EXPECT_EQ(model->data().size() % file::plane_alignment, 0U);
    }
  }
}

TEST(WriteModel, IsDeterministic) {
  const TemporaryFolder folder;
  const SourceModel source = small_model(folder);
  EXPECT_EQ(write_model_to_memory(source, {}), write_model_to_memory(source, {}));
}

TEST(WriteModel, ReportsEveryTensor) {
  const TemporaryFolder folder;
  const SourceModel source = small_model(folder);
  std::uint64_t last = 0;
  std::size_t calls = 0;
  std::ostringstream out;
  const WriteReport report = write_model(
      source, {}, out, [&](const TensorReport&, std::uint64_t done, std::uint64_t total) {
        EXPECT_GT(done, last);
        EXPECT_LE(done, total);
        last = done;
        ++calls;
      });
  EXPECT_EQ(calls, 1U + 2U * 9U + 1U);
  EXPECT_EQ(report.tensors.size(), calls);
  EXPECT_EQ(last, report.parameters);
  EXPECT_EQ(report.file_bytes, out.str().size());
  EXPECT_EQ(report.tensors.front().format, MatrixFormat::int8);
  EXPECT_GT(report.bits_per_weight, 4.5);
}

TEST(WriteModel, RefusesInconsistentModels) {
  const TemporaryFolder folder;
  const auto error = [&](auto change) {
    SourceModel source = small_model(folder);
    change(source);
    return error_of([&] { write_model_to_memory(source, {}); });
  };
  EXPECT_EQ(error([](SourceModel&) {}), "no error");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.layers[1].wk.rows = 17; }),
                  "layers.1.attention.wk is 17 by 32, but the architecture needs 16 by 32");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.layers[0].ffn_norm->values.pop_back(); }),
                  "layers.0.ffn_norm has 31 values");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.final_norm.values[4] = std::nanf(""); }),
                  "norm has a value that is not finite (nan) at index 4");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.layers.pop_back(); }), "1 layers");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.tokenizer->pieces.pop_back(); }), "260 pieces");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.tokenizer->eos = 261; }),
                  "end-of-text token is 261");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.architecture.tied_embedding = false; }),
                  "no matrix for it");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.architecture.kv_heads = 3; }),
                  "cannot share evenly");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.architecture.norm_epsilon = 0; }), "norm epsilon");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.rotary.theta = std::nan(""); }), "rotary base");
  EXPECT_CONTAINS(error([](SourceModel& m) { m.architecture.trained_context = 0; }),
                  "context length is 0");
}

/// Features that the runtime does not support are reported before weights are read.
TEST(WriteModel, AsksTheRuntimeFirst) {
  const TemporaryFolder folder;
  Checkpoint checkpoint;
  checkpoint.heads = checkpoint.kv_heads = 8;  // heads of size 4
  SourceModel source = import_llama2c(folder.write("m.bin", checkpoint.versioned(1))).model;
  source.embedding.read_row = [](std::uint32_t, std::span<float>) { FAIL() << "read"; };
  EXPECT_CONTAINS(error_of([&] { write_model_to_memory(source, {}); }),
                  "the runtime cannot run this model");
}

}  // namespace
}  // namespace ringlet::convert

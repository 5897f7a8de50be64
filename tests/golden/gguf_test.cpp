// GGUF files: a quantized file keeps llama.cpp's perplexity, and its codes are carried over without
// loss. The text protocol is that of chunked_perplexity on the first 100 stories of
// tinystories.txt, trimmed and joined by empty lines.
#include <gtest/gtest.h>

#include <cstdio>

#include "golden/checkpoints.hpp"
#include "schema/ringlet_generated.h"
#include "source/gguf/gguf_import.hpp"
#include "support/reference_weights.hpp"
#include "support/story_text.hpp"

namespace ringlet::test {
namespace {

convert::SourceModel import(const std::string& name) {
  return stories3m_gguf(test_data() / "models/gguf" / name);
}

/// What llama.cpp itself prints for the same file and text.
struct Case {
  const char* name;
  double perplexity;
};

class QuantizedGguf : public testing::TestWithParam<Case> {};

TEST_P(QuantizedGguf, HasThePerplexityOfLlamaCpp) {
  const std::string name = GetParam().name;
  RINGLET_NEEDS("models/gguf/" + name);
  RINGLET_NEEDS("text/tinystories.txt");
  RINGLET_NEEDS_SPEED();
  const LoadedModel file(write_image(import(name), as_stored));
  const double actual = chunked_perplexity(file.model, story_text(100));
  std::printf("%s: perplexity %.4f, llama.cpp's %.4f\n", name.c_str(), actual,
              GetParam().perplexity);
  EXPECT_NEAR(actual / GetParam().perplexity, 1, 0.001);
}

INSTANTIATE_TEST_SUITE_P(Stories3M, QuantizedGguf,
                         testing::Values(Case{"stories3M-Q4_0.gguf", 9.3671},
                                         Case{"stories3M-Q8_0.gguf", 7.1951}),
                         [](const auto& instance) {
                           const std::string name = instance.param.name;
                           return name.substr(name.size() - 9, 4);
                         });

/// Compares every number of a matrix of the file with the result of the source's own decoder.
void expect_exact(const Model& model, const schema::Matrix& stored,
                  const convert::SourceMatrix& source) {
  const reference::Matrix decoded = decode_matrix(model, stored);
  ASSERT_EQ(decoded.rows, source.rows);
  std::vector<float> row(source.columns);
  for (std::uint32_t n = 0; n < source.rows; ++n) {
    source.read_row(n, row);
    for (std::uint32_t k = 0; k < source.columns; ++k) {
      ASSERT_EQ(decoded.values[std::size_t{n} * source.columns + k], static_cast<double>(row[k]))
          << source.name << " " << n << " " << k;
    }
  }
}

TEST_P(QuantizedGguf, LosesNothing) {
  const std::string name = GetParam().name;
  RINGLET_NEEDS("models/gguf/" + name);
  const convert::SourceModel source = import(name);
  const LoadedModel file(write_image(source, as_stored));
  const schema::Model& tables = *file.model.tables();
  expect_exact(file.model, *tables.embedding(), source.embedding);
  for (std::uint32_t i = 0; i < source.layers.size(); ++i) {
    const schema::Layer& stored = *tables.layers()->Get(i);
    const convert::SourceLayer& layer = source.layers[i];
    expect_exact(file.model, *stored.wq(), layer.wq);
    expect_exact(file.model, *stored.wk(), layer.wk);
    expect_exact(file.model, *stored.wv(), layer.wv);
    expect_exact(file.model, *stored.wo(), layer.wo);
    expect_exact(file.model, *stored.w_gate(), *layer.w_gate);
    expect_exact(file.model, *stored.w_up(), layer.w_up);
    expect_exact(file.model, *stored.w_down(), layer.w_down);
    EXPECT_EQ(stored.wq()->error(), 0.0F);
  }
}

// The same weights once as floats of a GGUF file and once as a llama2.c checkpoint.
TEST(FloatGguf, IsTheLlama2cCheckpoint) {
  RINGLET_NEEDS("models/gguf/stories260K.gguf");
  RINGLET_NEEDS("models/llama2c/stories260K.bin");
  const LoadedModel file(write_image(
      convert::import_gguf(test_data() / "models/gguf/stories260K.gguf").model, all_f32));
  LiveSession live(file.model, {.context = 512, .sinks = 0, .kv = KvFormat::f32});
  EXPECT_LT(worst_logit(live.session, expected_logits("stories260K", true)), 1e-4);
}

}  // namespace
}  // namespace ringlet::test

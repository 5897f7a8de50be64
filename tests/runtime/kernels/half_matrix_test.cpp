// Matrices of half floats: products and rows are those of the same numbers as floats, to the bit,
// and a model stored so is the model of its rounded weights.
#include <gtest/gtest.h>

#include <cmath>

#include "numerics/half.hpp"
#include "reference/transformer.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/random.hpp"
#include "support/reference_weights.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

class HalfMatrices : public testing::TestWithParam<const KernelSet*> {};

TEST_P(HalfMatrices, AreTheSameNumbersAsFloats) {
  constexpr std::uint32_t rows = 19, tokens = 3;
  for (const std::uint32_t columns : {1U, 15U, 16U, 33U, 72U, 200U}) {
    std::vector<std::uint16_t> halves(std::size_t{rows} * columns);
    std::vector<float> floats(halves.size());
    Random random(columns);
    for (std::size_t i = 0; i < halves.size(); ++i) {
      // Denormal ones too.
      halves[i] = float_to_half(random.symmetric() * (i % 7 == 0 ? 1e-6F : 2.0F));
      floats[i] = half_to_float(halves[i]);
    }
    const PackedMatrix half{reinterpret_cast<const std::uint8_t*>(halves.data()), nullptr, rows,
                            columns, MatrixFormat::f16};
    const PackedMatrix single{reinterpret_cast<const std::uint8_t*>(floats.data()), nullptr, rows,
                              columns, MatrixFormat::f32};
    const std::vector<float> x = plain_floats(std::size_t{tokens} * columns, 5);
    const Activations activations{
        .floats = x.data(), .quantized = {}, .tokens = tokens, .float_stride = columns};
    std::vector<float> actual(tokens * 32, 1.0F);
    std::vector<float> expected(tokens * 32, 1.0F);
    GetParam()->multiply(half, activations, actual.data(), 32, 0, rows);
    GetParam()->multiply(single, activations, expected.data(), 32, 0, rows);
    EXPECT_TRUE(same_bits(actual, expected)) << columns;
    std::vector<float> row(columns);
    GetParam()->dequantize_row(half, 18, row.data());
    EXPECT_TRUE(same_bits(row, std::span(floats).last(columns))) << columns;
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, HalfMatrices, testing::ValuesIn(kernel_sets()), set_name);

TEST(HalfModel, IsTheModelOfItsRoundedWeights) {
  const Recipe recipe{.architecture = architecture_with_heads(4, 2, 24)};
  const LoadedModel file(recipe, {MatrixFormat::f16, MatrixFormat::f16, MatrixFormat::f16});
  EXPECT_TRUE(file.model.verify_data().ok());
  reference::Transformer oracle(weights_of(file.model), 4, 30);
  LiveSession live(file.model, {.context = 34, .sinks = 4, .kv = KvFormat::f32});
  for (const TokenId token : random_tokens(60, 48, 21)) {
    const std::vector<double> expected = oracle.forward(token);
    ASSERT_TRUE(live.session.step(token).ok());
    double largest = 0;
    for (const double value : expected) largest = std::max(largest, std::fabs(value));
    for (std::size_t v = 0; v < expected.size(); ++v) {
      ASSERT_NEAR(live.session.logits()[v], expected[v], 2e-5 * largest);
    }
  }
}

}  // namespace
}  // namespace ringlet::test

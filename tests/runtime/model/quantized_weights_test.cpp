// Integer weights: the session against the reference with the very weights that the file holds,
// decoded by the layout's description, so that quantized activations are all that differs.
//
// Bound: a group of 32 activations has its largest at about 2.1 times their root mean square, so a
// step of 1/127 of it leaves an error of 2.1/127/√12 = 0.5 % rms of each product's input. Seven
// products in each of two layers and the head add up like independent noise: √15 · 0.5 % ≈ 2 %, in
// part damped by norms and residuals.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "reference/transformer.hpp"
#include "support/reference_weights.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

class QuantizedWeights : public testing::TestWithParam<convert::WriteOptions> {
 protected:
  Recipe recipe{.architecture = architecture_with_heads(4, 2, 24)};
  std::vector<TokenId> tokens = random_tokens(150, 48, 21);

  /// rms(session − reference) / rms(reference) over the logits of all tokens.
  double relative_error(const Model& model, const reference::Weights& weights) {
    reference::Transformer oracle(weights, 4, 30);
    LiveSession live(model, {.context = 34, .sinks = 4, .kv = KvFormat::f32, .prefill_chunk = 8});
    double squares = 0;
    double error_squares = 0;
    for (const TokenId token : tokens) {
      const std::vector<double> expected = oracle.forward(token);
      EXPECT_TRUE(live.session.step(token).ok());
      for (std::size_t v = 0; v < expected.size(); ++v) {
        const double error = static_cast<double>(live.session.logits()[v]) - expected[v];
        squares += expected[v] * expected[v];
        error_squares += error * error;
      }
    }
    return std::sqrt(error_squares / squares);
  }
};

TEST_P(QuantizedWeights, DifferByTheActivationsOnly) {
  for (const bool tied : {true, false}) {
    recipe.architecture.tied_embedding = tied;
    const LoadedModel file(recipe, GetParam());
    EXPECT_LT(relative_error(file.model, weights_of(file.model)), 0.02);
  }
}

// The weights of the source instead of those of the file: for INT4 visibly wrong, which shows that
// the comparison above can tell.
TEST_P(QuantizedWeights, AreThoseOfTheFile) {
  if (GetParam().weights != MatrixFormat::int4)
    GTEST_SKIP() << "INT8 weights are too near the source's";
  const LoadedModel file(recipe, GetParam());
  EXPECT_GT(relative_error(file.model, weights_of(make_source(recipe))), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Formats, QuantizedWeights, testing::Values(all_int8, all_int4),
                         [](const testing::TestParamInfo<convert::WriteOptions>& instance) {
                           return std::string(name_of(instance.param.weights));
                         });

}  // namespace
}  // namespace ringlet::test

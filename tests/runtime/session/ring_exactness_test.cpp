// The ring is exact: an unquantized session equals the float64 reference, which recomputes sink
// tokens and window from scratch for every token, over more than ten wraps of the ring.
//
// Tolerance of f32: the logits of these models are of size 1 to 10; two layers of a few thousand
// float operations each leave about 1e-6 relative. 2e-5 of the largest logit is twenty times that
// and a thousand times less than what one position more or less in the window changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>

#include "reference/transformer.hpp"
#include "support/reference_weights.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct Case {
  const char* name;
  std::uint32_t heads, kv_heads, head_dim, rotary_dim;
  bool tied;
  std::uint32_t sinks, window, chunk;
  std::vector<std::uint32_t> layer_windows;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

Recipe recipe_of(const Case& c) {
  Recipe recipe{.architecture = architecture_with_heads(c.heads, c.kv_heads, c.head_dim)};
  recipe.architecture.rotary_dim = c.rotary_dim;
  recipe.architecture.tied_embedding = c.tied;
  recipe.architecture.layers =
      std::max<std::uint32_t>(2, static_cast<std::uint32_t>(c.layer_windows.size()));
  recipe.windows = c.layer_windows;
  recipe.seed = c.head_dim + c.heads;
  return recipe;
}

Config config_of(const Case& c, KvFormat kv) {
  return {.context = c.sinks + c.window,
          .sinks = c.sinks,
          .kv = kv,
          .hot_window = 16,
          .prefill_chunk = c.chunk,
          .allow_longer_context = true};
}

/// Feeds the same tokens to both, in uneven pieces, and returns the largest difference of a logit
/// relative to the largest logit.
double worst_difference(const Model& model, const reference::Weights& weights, const Case& c,
                        KvFormat kv, std::size_t count) {
  const std::vector<TokenId> tokens = random_tokens(count, model.architecture().vocab_size, 3);
  reference::Transformer oracle(weights, c.sinks, c.window);
  LiveSession live(model, config_of(c, kv));
  double worst = 0;
  std::size_t piece = 1;
  for (std::size_t at = 0; at < count; at += piece) {
    piece = std::min(count - at, 1 + at % (2 * c.chunk + 1));
    EXPECT_TRUE(live.session.prefill(std::span(tokens).subspan(at, piece)).ok());
    std::vector<double> expected;
    for (std::size_t i = 0; i < piece; ++i) expected = oracle.forward(tokens[at + i]);
    double largest = 0;
    double difference = 0;
    const std::vector<float> actual = logits_of(live.session);
    for (std::size_t v = 0; v < expected.size(); ++v) {
      largest = std::max(largest, std::fabs(expected[v]));
      difference = std::max(difference, std::fabs(expected[v] - static_cast<double>(actual.at(v))));
    }
    worst = std::max(worst, std::isfinite(difference) ? difference / largest : HUGE_VAL);
  }
  return worst;
}

class RingExactness : public testing::TestWithParam<Case> {};

TEST_P(RingExactness, EqualsTheReferenceOverTenWraps) {
  const Case& c = GetParam();
  const Recipe recipe = recipe_of(c);
  const LoadedModel file(recipe, all_f32);
  const std::size_t slots = (c.window + c.chunk - 1 + 31) / 32 * 32;
  const std::size_t count = c.sinks + 10 * slots + 20;
  EXPECT_LT(worst_difference(file.model, weights_of(make_source(recipe)), c, KvFormat::f32, count),
            2e-5);
}

// The other direction: with a window larger or smaller by one, the same comparison fails by far, so
// the tolerance above is meaningful.
TEST(RingExactnessTolerance, SeesOnePositionMoreOrLess) {
  const Case right{"", 4, 2, 16, 16, true, 4, 20, 6, {}};
  const LoadedModel file(recipe_of(right), all_f32);
  const reference::Weights weights = weights_of(make_source(recipe_of(right)));
  for (const int error : {-1, 1}) {
    const std::vector<TokenId> tokens = random_tokens(60, 48, 3);
    reference::Transformer oracle(weights, 4, static_cast<std::size_t>(20 + error));
    LiveSession live(file.model, config_of(right, KvFormat::f32));
    std::vector<double> expected;
    for (const TokenId token : tokens) expected = oracle.forward(token);
    const std::vector<float> actual = prefill_in_pieces(live.session, tokens, 60);
    double difference = 0;
    for (std::size_t v = 0; v < 48; ++v) {
      difference = std::max(difference, std::fabs(expected[v] - static_cast<double>(actual[v])));
    }
    EXPECT_GT(difference, 1e-3);
  }
}

// f16 rounds keys and values to 2^-11: attention of a few layers passes on a few times that.
TEST_P(RingExactness, HalfFloatsStayWithinTheirRounding) {
  const Case& c = GetParam();
  const Recipe recipe = recipe_of(c);
  const LoadedModel file(recipe, all_f32);
  EXPECT_LT(worst_difference(file.model, weights_of(make_source(recipe)), c, KvFormat::f16, 120),
            0x1p-8);
}

// INT8 rounds to 1/254 of the largest element of a head's vector (and the query likewise), that is
// to about 0.3 % of its length; random models have the flat, large activations that are hardest on
// it.
TEST_P(RingExactness, Int8StaysWithinItsSteps) {
  const Case& c = GetParam();
  const Recipe recipe = recipe_of(c);
  const LoadedModel file(recipe, all_f32);
  EXPECT_LT(worst_difference(file.model, weights_of(make_source(recipe)), c, KvFormat::int8, 120),
            0.04);
}

// The score gets back what a key bias subtracts from a key, at every distance. Otherwise, half a
// unit in every rotary pair would be visible.
TEST_P(RingExactness, KeyBiasesAreGivenBack) {
  const Case& c = GetParam();
  Recipe recipe = recipe_of(c);
  recipe.key_bias = 0.5F;
  recipe.hadamard_keys = true;
  const LoadedModel file(recipe, all_f32);
  EXPECT_LT(worst_difference(file.model, weights_of(make_source(recipe)), c, KvFormat::int8, 300),
            0.04);
}

// INT4 behind a hot window of 16: 1/16 of the largest of each 32 dimensions, so several per cent of
// a vector's length, on the part of the window that is cold.
TEST_P(RingExactness, Int4StaysWithinItsSteps) {
  const Case& c = GetParam();
  if (c.chunk > 16) GTEST_SKIP() << "a chunk is within the hot window";
  const Recipe recipe = recipe_of(c);
  const LoadedModel file(recipe, all_f32);
  EXPECT_LT(worst_difference(file.model, weights_of(make_source(recipe)), c, KvFormat::int4, 120),
            0.25);
}

const Case cases[] = {
    {"dim8", 4, 2, 8, 8, true, 4, 20, 6, {}},
    {"dim16_mha", 4, 4, 16, 16, true, 4, 20, 6, {}},
    {"dim32_mqa", 6, 1, 32, 32, true, 1, 33, 1, {}},
    {"dim48_untied", 2, 1, 48, 48, false, 4, 30, 16, {}},
    {"dim64", 4, 2, 64, 64, true, 5, 11, 3, {}},
    {"dim80", 2, 2, 80, 80, true, 4, 24, 8, {}},
    {"dim96", 3, 1, 96, 96, false, 0, 26, 7, {}},
    {"dim128", 2, 1, 128, 128, true, 4, 28, 5, {}},
    {"dim256", 2, 1, 256, 256, true, 4, 20, 5, {}},
    {"partial_rotary", 4, 2, 16, 8, true, 4, 20, 6, {}},
    {"many_sinks", 4, 2, 16, 16, true, 40, 24, 9, {}},
    // More than 64 are stored like the ring.
    {"sinks_like_the_ring", 4, 2, 16, 16, true, 70, 24, 9, {}},
    {"window_of_one", 4, 2, 16, 16, true, 4, 1, 4, {}},
    {"chunk_beyond_window", 4, 2, 16, 16, true, 4, 10, 50, {}},
    {"layer_windows", 4, 2, 16, 16, true, 4, 28, 6, {7, 0, 100}},
    {"only_layer_windows", 4, 2, 16, 16, true, 4, 28, 6, {7, 12}},
};

INSTANTIATE_TEST_SUITE_P(Shapes, RingExactness, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& instance) {
                           return std::string(instance.param.name);
                         });

}  // namespace
}  // namespace ringlet::test

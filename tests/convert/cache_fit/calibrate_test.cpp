// Fitting a cache to a model: the numbers computed from captured heads, the error that they save,
// and that only the cache's rounding changes.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "cache_fit/calibrate.hpp"
#include "cache_fit/fold_key_scales.hpp"
#include "support/model_image.hpp"
#include "support/random.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using convert::KeyTransform;
using convert::LayerChoice;
using convert::Sides;

constexpr std::uint32_t length = 128;

/// Captured heads of a layer whose keys have a large mean in rotary pair 1 (dimensions 1 and 9) and
/// much noise in dimension 12, which queries hardly look at.
class Captured : public testing::Test {
 protected:
  Captured() {
    Random random(4);
    for (std::uint32_t t = 0; t < length; ++t) {
      for (std::uint32_t h = 0; h < 4; ++h) {
        for (std::uint32_t i = 0; i < 16; ++i) {
          layer.queries.push_back(random.symmetric() * (i == 12 || i == 4 ? 0.05F : 1.0F));
        }
      }
      for (std::uint32_t h = 0; h < 2; ++h) {
        for (std::uint32_t i = 0; i < 16; ++i) {
          const float mean = i == 1 ? 20.0F : i == 9 ? -10.0F : 0.01F;
          layer.keys.push_back(mean + random.symmetric() * (i == 12 ? 6.0F : 1.0F));
          layer.values.push_back(random.symmetric());
        }
      }
    }
    for (std::uint32_t i = 0; i < 8; ++i) {
      steps[i] = static_cast<std::uint64_t>(std::pow(10000.0, -0.125 * i) / (2 * std::numbers::pi) *
                                            0x1p64);
    }
  }

  [[nodiscard]] double error(KvFormats formats, KeyTransform keys,
                             Sides sides = Sides::keys_only) const {
    return attention_error(sample, formats, keys, false, sides);
  }

  Architecture architecture = small_architecture();
  convert::CapturedLayer layer;
  std::vector<std::uint64_t> steps = std::vector<std::uint64_t>(8);
  convert::LayerSample sample{architecture, layer, 1, length, steps};
};

TEST_F(Captured, BiasIsTheMeanWhereItIsLarge) {
  const convert::KeyNumbers numbers = key_numbers(sample, 1, true, false);
  EXPECT_NEAR(numbers.bias[1], 20.0F, 0.2F);
  EXPECT_NEAR(numbers.bias[9], -10.0F, 0.2F);
  for (const std::size_t i : {0U, 2U, 4U, 8U, 12U, 15U}) EXPECT_EQ(numbers.bias[i], 0.0F) << i;
  for (const float scale : numbers.scales) EXPECT_EQ(scale, 1.0F);
}

TEST_F(Captured, ScalesMakeLittleOfWhatQueriesDoNotLookAt) {
  const convert::KeyNumbers numbers = key_numbers(sample, 0, true, true);
  double logs = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(numbers.scales[i], numbers.scales[i + 8]) << "halves of pair " << i;
    logs += std::log(double{numbers.scales[i]});
  }
  EXPECT_NEAR(logs, 0, 1e-4);
  EXPECT_LT(numbers.scales[4], 0.5F * numbers.scales[3]);
}

TEST_F(Captured, EachTreatmentSavesWhereItShould) {
  const double plain = error(KvFormat::int4, {});
  EXPECT_LT(error(KvFormat::int4, {.bias = true}), 0.2 * plain);
  EXPECT_LT(error(KvFormat::int4, {.bias = true, .scales = true}),
            0.7 * error(KvFormat::int4, {.bias = true}));
  EXPECT_LT(error(KvFormat::int8, {}), 0.2 * plain);
  EXPECT_LT(error({KvFormat::f32, KvFormat::f32}, {}, Sides::values_only), 1e-3);
}

TEST_F(Captured, TheBestIsChosenUnlessTheUserHasDecided) {
  const LayerChoice open = choose_for_layer(sample, {});
  EXPECT_EQ(open.candidates.size(), 8U);
  EXPECT_TRUE(open.keys.bias);
  EXPECT_LT(open.error_int8, open.error_int4);
  const LayerChoice decided =
      choose_for_layer(sample, {.hadamard_keys = true, .key_bias = false, .key_scales = false});
  EXPECT_EQ(decided.candidates.size(), 1U);
  EXPECT_EQ(decided.keys, (KeyTransform{.hadamard = true}));
}

std::vector<float> logits(const convert::SourceModel& source, KvFormat kv) {
  const LoadedModel file(write_image(source, all_f32));
  LiveSession live(file.model, {.context = 60, .sinks = 4, .kv = kv, .hot_window = 16});
  return prefill_in_pieces(live.session, random_tokens(100, 48, 5), 100);
}

void expect_same_model(const convert::SourceModel& a, const convert::SourceModel& b) {
  const std::vector<float> x = logits(a, KvFormat::f32);
  const std::vector<float> y = logits(b, KvFormat::f32);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y.at(i), 1e-4F) << i;
}

TEST(FoldKeyScales, LeavesTheModelAsItWas) {
  const Recipe recipe{.architecture = architecture_with_heads(6, 3, 24)};
  convert::SourceModel scaled = make_source(recipe);
  Random random(3);
  for (convert::SourceLayer& layer : scaled.layers) {
    std::vector<float> scales(std::size_t{3} * 24);
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const bool second_half = i % 24 >= 12;
      scales[i] = second_half ? scales[i - 12] : std::exp(random.symmetric());
    }
    fold_key_scales(layer, scaled.architecture, scales);
  }
  const convert::SourceModel plain = make_source(recipe);
  std::vector<float> before(plain.architecture.dim), after(before.size());
  plain.layers[0].wk.read_row(3, before);
  scaled.layers[0].wk.read_row(3, after);
  EXPECT_FALSE(same_bits(before, after)) << "nothing was scaled";
  expect_same_model(plain, scaled);
}

TEST(CalibrateCache, ChangesTheCacheAndNotTheModel) {
  Recipe recipe{.architecture = architecture_with_heads(6, 3, 24)};
  recipe.architecture.trained_context = 200;
  const convert::SourceModel plain = make_source(recipe);
  const LoadedModel draft(write_image(plain, all_f32));
  convert::SourceModel fitted = make_source(recipe);
  const convert::Machine machine{scalar_kernels(), {}};
  const convert::CacheOptions options{.tokens = 200,
                                      .hadamard_keys = true,
                                      .hadamard_values = true,
                                      .key_bias = true,
                                      .key_scales = true};
  convert::CacheReport report = calibrate_cache(draft.model, options, machine, fitted);
  ASSERT_EQ(report.layers.size(), 2U);
  EXPECT_TRUE(fitted.layers[1].hadamard_keys);
  expect_same_model(plain, fitted);

  const LoadedModel file(write_image(fitted, all_f32));
  recommend_formats(file.model, options, machine, report, fitted);
  EXPECT_LT(report.int8.divergence, report.int4.divergence);
  EXPECT_GT(report.int8.agreement, 0.9);
}

LayerChoice with_errors(double int8, double int4) {
  LayerChoice choice;
  choice.error_int8 = int8;
  choice.error_int4 = int4;
  return choice;
}

TEST(RecommendFormats, KeepsTheWorstLayersInInt8) {
  const std::vector<LayerChoice> choices = {with_errors(0.1, 1.1), with_errors(0.1, 3.1),
                                            with_errors(0.1, 2.1)};
  const KvFormats int4 = KvFormat::int4;
  const KvFormats int8 = KvFormat::int8;
  using All = std::vector<KvFormats>;
  EXPECT_EQ(convert::recommend_formats(choices, 0.001, 0.0001, 0.002), (All{int4, int4, int4}));
  // Layers add 1, 3 and 2 sixths of the 6 between INT8 and INT4.
  EXPECT_EQ(convert::recommend_formats(choices, 6, 0, 3.5), (All{int4, int8, int4}));
  EXPECT_EQ(convert::recommend_formats(choices, 6, 0, 1.5), (All{int4, int8, int8}));
  EXPECT_EQ(convert::recommend_formats(choices, 7, 1, 0.5), (All{int8, int8, int8}));
}

}  // namespace
}  // namespace ringlet::test

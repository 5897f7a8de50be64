// The weights of a watch, times the values that an observer sees, are what the layer attended to.
#include "attention_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "support/model_image.hpp"
#include "support/random_model.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

/// Values of all positions of a layer, and what its newest token attended to.
struct Seen {
  port::AttentionWatch* watch;
  std::uint32_t layer;
  std::vector<std::vector<float>> values = {};
  std::vector<float> attended = {};

  static void observe(void* self, const Observation& seen) {
    auto& all = *static_cast<Seen*>(self);
    const Observer next = all.watch->observer();
    next.observe(next.user_data, seen);
    if (seen.layer != all.layer) return;
    for (std::uint32_t t = 0; t < seen.tokens; ++t) {
      const float* row = seen.rows + std::size_t{t} * seen.stride;
      std::vector<float> copy(row, row + seen.columns);
      if (seen.tap == Tap::values) {
        all.values.resize(seen.position + t + 1);
        all.values.back() = std::move(copy);
      } else if (seen.tap == Tap::attended) {
        all.attended = std::move(copy);
      }
    }
  }
};

/// The largest difference between what the layer attended to and what the weights give.
float difference(const port::AttentionWatch& watch, const Seen& seen, const Architecture& a,
                 const CacheLayout& layout) {
  float worst = 0;
  const auto end = static_cast<std::uint32_t>(seen.values.size());
  const std::uint32_t begin = std::max(layout.sinks, end < layout.window ? 0 : end - layout.window);
  for (std::uint32_t head = 0; head < a.heads; ++head) {
    std::vector<float> weights(watch.most());
    const std::uint32_t count = watch.weights(head, weights);
    if (count == 0) return 1e9F;
    for (std::uint32_t i = 0; i < a.head_dim; ++i) {
      float sum = 0;
      for (std::uint32_t j = 0; j < count; ++j) {
        const std::uint32_t position = j < layout.sinks ? j : begin + j - layout.sinks;
        sum += weights[j] * seen.values[position][head / a.heads_per_kv() * a.head_dim + i];
      }
      worst = std::max(worst, std::abs(sum - seen.attended[head * a.head_dim + i]));
    }
  }
  return worst;
}

void expect_weights(const Recipe& recipe, std::uint32_t layer) {
  const LoadedModel loaded(recipe, all_f32);
  const Config config{.context = 24, .sinks = 4, .kv = KvFormat::f32, .prefill_chunk = 8};
  LiveSession live(loaded.model, config);
  ASSERT_TRUE(port::AttentionWatch::supports(loaded.model, layer));
  std::vector<float> room(port::AttentionWatch::floats(loaded.model, config, layer));
  port::AttentionWatch watch(loaded.model, config, layer, room.data());
  Seen seen{.watch = &watch, .layer = layer};
  live.session.set_observer({.observe = &Seen::observe, .user_data = &seen});
  const CacheLayout layout = cache_layout(loaded.model, config, layer);
  const auto tokens = random_tokens(90, loaded.model.architecture().vocab_size, 5);
  const std::span<const TokenId> all(tokens);
  ASSERT_TRUE(live.session.prefill(all.first(3)).ok());
  ASSERT_TRUE(live.session.prefill(all.subspan(3, 21)).ok());
  for (std::size_t i = 24; i < tokens.size(); ++i) {
    ASSERT_LT(difference(watch, seen, loaded.model.architecture(layer), layout), 2e-5F) << i;
    ASSERT_TRUE(live.session.step(tokens[i]).ok());
  }
  std::vector<float> average(watch.most());
  ASSERT_EQ(watch.average(average), 24U);
  float sum = 0;
  for (const float weight : average) sum += weight;
  EXPECT_NEAR(sum, 1, 1e-5F);
}

TEST(AttentionWatch, WeightsGiveWhatTheLayerAttendedTo) {
  for (std::uint32_t layer = 0; layer < 2; ++layer) {
    expect_weights({.architecture = small_architecture()}, layer);
  }
}

TEST(AttentionWatch, KnowsSoftCaps) {
  Recipe recipe{.architecture = small_architecture()};
  recipe.architecture.attention_softcap = 0.5F;
  expect_weights(recipe, 1);
}

TEST(AttentionWatch, HasNoWeightsIfItMissedKeys) {
  const LoadedModel loaded({.architecture = small_architecture()}, all_f32);
  const Config config{.context = 24};
  LiveSession live(loaded.model, config);
  const auto tokens = random_tokens(8, loaded.model.architecture().vocab_size, 5);
  ASSERT_TRUE(live.session.prefill(std::span<const TokenId>(tokens).first(5)).ok());
  std::vector<float> room(port::AttentionWatch::floats(loaded.model, config, 0));
  port::AttentionWatch watch(loaded.model, config, 0, room.data());
  live.session.set_observer(watch.observer());
  std::vector<float> weights(watch.most());
  EXPECT_EQ(watch.weights(0, weights), 0U);
  ASSERT_TRUE(live.session.step(tokens[5]).ok());
  EXPECT_EQ(watch.weights(0, weights), 0U);
  live.session.reset();
  ASSERT_TRUE(live.session.step(tokens[0]).ok());
  EXPECT_EQ(watch.weights(0, weights), 1U);
  ASSERT_TRUE(live.session.step(tokens[1]).ok());
  ASSERT_TRUE(live.session.truncate(1).ok());
  ASSERT_TRUE(live.session.step(tokens[2]).ok());
  EXPECT_EQ(watch.weights(0, weights), 2U);
}

}  // namespace
}  // namespace ringlet::test

// NaN and infinity wherever they can arise in a model: none vanishes on its way to the logits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "cache/codec.hpp"
#include "model/weights.hpp"
#include "numerics/finite.hpp"
#include "ringlet/ringlet.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

/// The floats of a vector or a matrix of a model that a test has made.
std::span<float> editable(const float* values, std::size_t n) {
  return {const_cast<float*>(values), n};  // NOLINT: the test owns the image
}
std::span<float> editable(const PackedMatrix& m) {
  return editable(reinterpret_cast<const float*>(m.codes), std::size_t{m.rows} * m.columns);
}

struct Fault {
  const char* name;
  std::function<void(const Model&)> make;
  Tap tap;
  std::uint32_t layer;

  /// Keys that float caches hold may be too large for others.
  [[nodiscard]] Tap tap_in(KvFormat format) const {
    return tap == Tap::attended && format != KvFormat::f32 ? Tap::keys : tap;
  }
};

/// Faults of layer 1 of 2, by what becomes too large first.
std::vector<Fault> faults() {
  const auto layer = [](const Model& model) { return layer_weights(model, 1); };
  const auto fill = [](std::span<float> values, float value) {
    for (float& x : values) x = value;
  };
  const std::size_t dim = small_architecture().dim;
  return {
      {"attention_norm",
       [=](const Model& m) { fill(editable(layer(m).attention_norm.gain, dim), 3e38F); },
       Tap::attention_input, 1},
      {"wq", [=](const Model& m) { editable(layer(m).wq)[5] = 3e38F; }, Tap::queries, 1},
      {"wk", [=](const Model& m) { editable(layer(m).wk)[5] = 3e38F; }, Tap::keys, 1},
      {"wv", [=](const Model& m) { editable(layer(m).wv)[5] = -3e38F; }, Tap::values, 1},
      {"NaN in wk",
       [=](const Model& m) { editable(layer(m).wk)[5] = std::numeric_limits<float>::quiet_NaN(); },
       Tap::keys, 1},
      {"wq and wk",
       [=](const Model& m) {
         for (float& x : editable(layer(m).wq)) x *= 1e20F;
         for (float& x : editable(layer(m).wk)) x *= 1e20F;
       },
       Tap::attended, 1},
      {"wo", [=](const Model& m) { editable(layer(m).wo)[5] = 3e38F; }, Tap::ffn_input, 1},
      {"ffn_norm", [=](const Model& m) { fill(editable(layer(m).ffn_norm.gain, dim), 3e38F); },
       Tap::ffn_input, 1},
      {"w_up", [=](const Model& m) { fill(editable(layer(m).w_up), 3e38F); }, Tap::hidden, 1},
      {"w_down", [=](const Model& m) { fill(editable(layer(m).w_down), 3e38F); }, Tap::logits_input,
       2},
      {"final_norm", [=](const Model& m) { fill(editable(final_norm(m).gain, dim), 3e38F); },
       Tap::logits_input, 2},
      {"head", [](const Model& m) { editable(lm_head(m))[7] = 3e38F; }, Tap::logits, 2},
  };
}

Recipe untied() {
  Recipe recipe{.architecture = small_architecture()};
  recipe.architecture.tied_embedding = false;
  return recipe;
}

class NotFiniteModels : public testing::TestWithParam<const KernelSet*> {};

TEST_P(NotFiniteModels, EndInAnErrorWithTheLayer) {
  const std::vector<TokenId> tokens = random_tokens(9, small_architecture().vocab_size, 3);
  for (const Fault& fault : faults()) {
    for (const KvFormat format : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
      const LoadedModel loaded(untied(), all_f32);
      LiveSession live(loaded.model, {.context = 40, .kv = format}, {}, *GetParam());
      ASSERT_TRUE(live.session.prefill(tokens).ok()) << fault.name;
      live.session.reset();
      fault.make(loaded.model);
      const Status status = live.session.prefill(tokens);
      ASSERT_EQ(status.code(), ErrorCode::not_finite) << fault.name << " " << name_of(format);
      EXPECT_EQ(live.session.position(), 0U);
      const auto found = live.session.not_finite();
      ASSERT_TRUE(found.has_value()) << fault.name;
      EXPECT_EQ(static_cast<int>(found->tap), static_cast<int>(fault.tap_in(format)))
          << fault.name << " " << name_of(format);
      EXPECT_EQ(found->layer, fault.layer) << fault.name;
      EXPECT_EQ(static_cast<std::int64_t>(found->position), status.index());
      if (fault.tap != Tap::logits && fault.tap != Tap::logits_input) {
        EXPECT_EQ(status.index(), 0) << fault.name;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, NotFiniteModels, testing::ValuesIn(kernel_sets()), set_name);

TEST(NotFinite, LimitsAreExact) {
  for (const float limit : {overflow_begins, 65504.0F, 1.0F}) {
    std::vector<float> x(37, std::nextafter(limit, 0.0F));
    EXPECT_TRUE(all_below(x.data(), x.size(), limit));
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (const float odd : {limit, -limit, INFINITY, -INFINITY, std::nanf(""), -std::nanf("")}) {
        std::vector<float> y = x;
        y[i] = odd;
        EXPECT_FALSE(all_below(y.data(), y.size(), limit)) << i << " " << odd;
      }
    }
  }
  const std::vector<float> small = {0.0F, -0.0F, 0x1p-149F, -1.0F};
  EXPECT_TRUE(all_below(small.data(), small.size(), 1.5F));
}

// Below the limit of its format, a number comes back with the format's rounding. From there on it
// would be truncated silently.
TEST(NotFinite, KeysAndValuesThatTheCacheCannotHoldAreRefused) {
  const std::vector<TokenId> tokens = random_tokens(30, small_architecture().vocab_size, 3);
  for (const KvFormat format : {KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
    for (const bool values : {false, true}) {
      const LoadedModel loaded(untied(), all_f32);
      const auto fill = [&](float value) {
        const LayerWeights layer = layer_weights(loaded.model, 0);
        for (float& x : editable(values ? layer.wv : layer.wk)) x = x < 0 ? -value : value;
      };
      float largest = 0;
      Observer observer{[](void* user_data, const Observation& seen) {
                          if (seen.tap != Tap::keys && seen.tap != Tap::values) return;
                          if (seen.layer != 0) return;
                          for (std::size_t i = 0; i < seen.columns; ++i) {
                            auto& most = *static_cast<float*>(user_data);
                            most = std::max(most, std::fabs(seen.rows[i]));
                          }
                        },
                        &largest};
      LiveSession live(loaded.model, {.context = 24, .sinks = 0, .kv = format, .hot_window = 16});
      live.session.set_observer(observer);
      fill(1.0F);
      for (const TokenId token : tokens) ASSERT_TRUE(live.session.step(token).ok());
      live.session.set_observer({});
      const float limit = storable_below(format);
      live.session.reset();
      fill(0.6F * limit / largest);  // turning makes keys larger, by less than half
      for (const TokenId token : tokens) {
        const Status status = live.session.step(token);
        ASSERT_TRUE(status.ok()) << name_of(format) << values << line(status);
      }
      live.session.reset();
      fill(3.0F * limit / largest);
      Status status;
      for (std::size_t i = 0; i < tokens.size() && status.ok(); ++i) {
        status = live.session.step(tokens[i]);
      }
      ASSERT_EQ(status.code(), ErrorCode::not_finite) << name_of(format) << values;
      const auto fault = live.session.not_finite();
      EXPECT_EQ(static_cast<int>(fault->tap), static_cast<int>(values ? Tap::values : Tap::keys));
    }
  }
}

}  // namespace
}  // namespace ringlet::test

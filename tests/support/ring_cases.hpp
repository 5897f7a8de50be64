// What tests of rings have in common: a small model with layers of both kinds, whose rings wrap
// soon, in formats of weights and cache.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "ringlet/config.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {

/// Three layers, of which the second has a window of its own; a vocabulary of 48.
inline Recipe ring_recipe() {
  Recipe recipe{.architecture = architecture_with_heads(6, 3, 24)};
  recipe.architecture.layers = 3;
  recipe.windows = {0, 11, 0};
  recipe.architecture.trained_context = 400;
  return recipe;
}

/// The same with convolutions in the first and last layer, and no window.
inline Recipe hybrid_ring_recipe() {
  Recipe recipe = ring_recipe();
  recipe.windows = {};
  recipe.mixers = {Mixer::short_convolution, Mixer::attention, Mixer::short_convolution};
  recipe.architecture.convolution = 3;
  return recipe;
}

/// The same with gated delta rules, and gated attention.
inline Recipe delta_ring_recipe() {
  Recipe recipe = ring_recipe();
  recipe.windows = {};
  recipe.mixers = {Mixer::gated_delta, Mixer::attention, Mixer::gated_delta};
  add_state(recipe.architecture);
  return recipe;
}

/// The same with keys that are transformed and have biases.
inline Recipe biased_ring_recipe() {
  Recipe recipe = ring_recipe();
  recipe.hadamard_keys = true;
  recipe.key_bias = 0.5F;
  return recipe;
}

/// A context of a few dozen tokens. Caches with two tiers have a longer ring, so that both are
/// used.
inline Config ring_config(KvFormats kv, std::uint32_t chunk) {
  return {.context = kv.values == KvFormat::int4 ? 100U : 37U,
          .sinks = 3,
          .kv = kv,
          .hot_window = 16,
          .prefill_chunk = chunk};
}

/// Formats of weights and cache, as the parameter of a test.
struct RingFormats {
  convert::WriteOptions weights;
  KvFormats kv;
  const char* kv_name;
};

inline std::string ring_name(const testing::TestParamInfo<RingFormats>& instance) {
  return std::string(name_of(instance.param.weights.weights)) + "_kv_" + instance.param.kv_name;
}

/// Each format of weights and each of caches at least once.
inline constexpr RingFormats ring_formats[] = {
    {all_f32, KvFormat::f32, "f32"},    {all_f32, KvFormat::f16, "f16"},
    {all_int8, KvFormat::int8, "int8"}, {all_int8, {KvFormat::int8, KvFormat::int4}, "k8v4"},
    {all_int4, KvFormat::int8, "int8"}, {all_int4, KvFormat::int4, "int4"}};

}  // namespace ringlet::test

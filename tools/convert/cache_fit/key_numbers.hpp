// Numbers that make keys cheaper to quantize, from keys and queries that a model has made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cache_fit/own_text.hpp"
#include "ringlet/architecture.hpp"

namespace ringlet::convert {

/// What is done to keys before they are quantized.
struct KeyTransform {
  bool bias = false;    // the mean is taken away and given back to the scores
  bool scales = false;  // rotary pairs are brought to the size at which errors cost alike
  bool turn = false;    // Hadamard transform

  friend bool operator==(const KeyTransform&, const KeyTransform&) = default;
};

/// The transform's numbers for one kv head.
struct KeyNumbers {
  std::vector<float> bias;    // head_dim; zero where it is not worth its add-back
  std::vector<float> scales;  // head_dim, alike for both halves of a rotary pair
};

/// The captured vectors of one layer.
struct LayerSample {
  const Architecture& architecture;
  const CapturedLayer& captured;
  std::uint32_t texts;
  std::uint32_t length;
  std::span<const std::uint64_t> rope_steps;
};

/// Bias and scales of one kv head. The bias is the mean key, in those rotary pairs where its energy
/// is above the mean energy of what remains of a pair; what has no rotation is always in. Scales
/// are √(rms(query)/rms(key − bias)) per rotary pair, or per dimension without rotation, within a
/// factor of eight, with a geometric mean of one.
KeyNumbers key_numbers(const LayerSample& sample, std::uint32_t kv_head, bool bias, bool scales);

}  // namespace ringlet::convert

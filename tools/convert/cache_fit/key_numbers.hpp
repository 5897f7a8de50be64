// Computes numbers that make keys cheaper to quantize, from a model's keys and queries.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cache_fit/own_text.hpp"
#include "ringlet/architecture.hpp"

namespace ringlet::convert {

/// The transforms of keys before quantization.
struct KeyTransform {
  bool bias = false;      // subtract the mean from keys, and correct the scores
  bool scales = false;    // scale rotary pairs so that all errors have equal weight
  bool hadamard = false;  // Hadamard transform

  friend bool operator==(const KeyTransform&, const KeyTransform&) = default;
};

/// The numbers of the transforms for one kv head.
struct KeyNumbers {
  std::vector<float> bias;    // head_dim; zero where the correction does not pay off
  std::vector<float> scales;  // head_dim, equal for both halves of a rotary pair
};

/// The captured vectors of one layer.
struct LayerSample {
  const Architecture& architecture;
  const CapturedLayer& captured;
  std::uint32_t texts;
  std::uint32_t length;
  std::span<const std::uint64_t> rotary_frequencies;
};

/// Returns bias and scales of one kv head. The bias is the mean key, limited to rotary pairs in
/// which its energy exceeds the mean remaining energy of a pair; dimensions without rotation are
/// always included. Scales are √(rms(query)/rms(key − bias)) per rotary pair, or per dimension
/// without rotation, within a factor of eight and with a geometric mean of one.
KeyNumbers key_numbers(const LayerSample& sample, std::uint32_t kv_head, bool bias, bool scales);

}  // namespace ringlet::convert

// Static storage for the device tests, filled from integers, so that nothing needs a heap and every
// target sees the same values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "support/random.hpp"

namespace ringlet::test {

/// A destination of a test. `value` starts as a bit pattern that no kernel produces by chance.
template <typename T, std::size_t n>
struct Buffer {
  alignas(64) T value[n];

  void spoil() { std::memset(value, 0x55, sizeof value); }
  [[nodiscard]] bool same_bits(const Buffer& other) const {
    return std::memcmp(value, other.value, sizeof value) == 0;
  }
};

/// Floats in (−1, 1) times `size`.
inline void fill_floats(std::span<float> out, std::uint64_t seed, float size = 1.0F) {
  Random random(seed);
  for (float& x : out) x = random.symmetric() * size;
}

/// INT8 codes, or any bytes but 0x80.
inline void fill_codes(std::span<std::uint8_t> out, std::uint64_t seed) {
  Random random(seed);
  for (std::uint8_t& code : out) {
    code = static_cast<std::uint8_t>(static_cast<int>(random.below(255)) - 127);
  }
}

/// Scales: halves from 2^-14 to about 1 of either sign, now and then zero.
inline void fill_scales(std::span<std::uint16_t> out, std::uint64_t seed) {
  Random random(seed);
  for (std::uint16_t& scale : out) {
    const std::uint32_t bits = 0x0400 + random.below(0x3C00);
    scale = random.below(50) == 0 ? 0 : static_cast<std::uint16_t>(bits | random.below(2) << 15);
  }
}

}  // namespace ringlet::test

// Detection of NaN and infinity, and measures that keep them from vanishing.
//
// Comparisons drop NaN, 1/sqrt(infinity) is 0, and integer codes represent neither. Where that
// could turn them into ordinary numbers, the specification adds not_finite_mark or the decoder
// checks with all_below. A pass with such numbers thus ends in an error on every target.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ringlet {

/// 0 if x is finite, otherwise NaN. Added to a positive number, 0 changes no bit.
inline float not_finite_mark(float x) noexcept { return x - x; }

/// Magnitudes from here on count as infinite: rotating a head could overflow.
inline constexpr float overflow_begins = 0x1p120F;

/// Whether the magnitudes of x[0] … x[n − 1] are all below `limit`, which must be positive. NaN is
/// not.
inline bool all_below(const float* x, std::size_t n, float limit) noexcept {
  constexpr std::uint32_t magnitude = 0x7FFFFFFFU;
  const std::uint32_t to_sign_bit = 0x80000000U - std::bit_cast<std::uint32_t>(limit);
  std::size_t i = 0;
  std::uint32_t found = 0;  // a set sign bit marks a magnitude that is too large
#if !defined(__arm__) || defined(__ARM_NEON) || defined(__ARM_FEATURE_MVE)
  // Four at a time with the compiler's vector type, because firmware disables auto-vectorization.
  // Without vector registers gcc would move it through memory.
  using Four [[gnu::vector_size(16)]] = std::uint32_t;
  Four four = {};
  for (std::size_t rest = n / 4; rest > 0; --rest, i += 4) {
    Four bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    four |= (bits & magnitude) + to_sign_bit;
  }
  found = four[0] | four[1] | four[2] | four[3];
#else
#pragma GCC unroll 4
#endif
  for (; i < n; ++i) found |= (std::bit_cast<std::uint32_t>(x[i]) & magnitude) + to_sign_bit;
  return found >> 31 == 0;
}

}  // namespace ringlet

// NaN and infinity: how they are found, and how they are kept from vanishing.
//
// Comparisons drop NaN, 1/sqrt(infinity) is 0, and codes have neither. Wherever that could make
// ordinary numbers of them, the specification adds not_finite_mark or the decoder looks with
// all_below, so that a pass with such numbers ends in an error on every target.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ringlet {

/// 0 when x is finite, otherwise NaN. Added to a positive number it changes no bit of it.
inline float not_finite_mark(float x) noexcept { return x - x; }

/// What counts as infinite: from here on, turning a head could overflow.
inline constexpr float overflow_begins = 0x1p120F;

/// Whether the magnitudes of x[0] … x[n − 1] are all below `limit`, which is positive. NaN is not.
inline bool all_below(const float* x, std::size_t n, float limit) noexcept {
  // Four at a time as the compilers' own vector type, because firmware turns automatic ones off.
  using Four [[gnu::vector_size(16)]] = std::uint32_t;
  constexpr std::uint32_t magnitude = 0x7FFFFFFFU;
  const std::uint32_t to_sign_bit = 0x80000000U - std::bit_cast<std::uint32_t>(limit);
  Four four = {};  // a sign bit says that a magnitude was too large
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    Four bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    four |= (bits & magnitude) + to_sign_bit;
  }
  std::uint32_t found = four[0] | four[1] | four[2] | four[3];
  for (; i < n; ++i) found |= (std::bit_cast<std::uint32_t>(x[i]) & magnitude) + to_sign_bit;
  return found >> 31 == 0;
}

}  // namespace ringlet

// NaN and infinity: how they are found, and how they are kept from vanishing.
//
// Comparisons drop NaN, 1/sqrt(infinity) is 0, and codes have neither. Wherever that could make
// ordinary numbers of them, the specification adds not_finite_mark or the decoder looks with
// all_below, so that a pass whose numbers were no numbers ends in an error on every target.
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
  const std::uint32_t to_sign_bit = 0x80000000U - std::bit_cast<std::uint32_t>(limit);
  std::uint32_t found = 0;  // its sign bit says that a magnitude was too large
  // Where loops are vectorised by request only: Cortex-M55.
#if defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#pragma clang loop vectorize(enable)
#endif
  for (std::size_t i = 0; i < n; ++i) {
    found |= (std::bit_cast<std::uint32_t>(x[i]) & 0x7FFFFFFFU) + to_sign_bit;
  }
  return found >> 31 == 0;
}

}  // namespace ringlet

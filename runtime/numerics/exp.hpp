// The exponential function, with the same bits on every target.
//
// Reduction: x = n·ln 2 + r, where n is the nearest integer (by magic addition, see rounding.hpp)
// and ln 2 is split in two so that n·ln 2 loses no significant bits (Cody and Waite, 1980). Then a
// polynomial in r with the coefficients of expf in the Cephes library (Moshier), then 2^n by
// integer addition to the exponent. The error is at most 1.5 ulp. Clamping keeps every result and
// every intermediate out of the denormal range, which some targets flush to zero.
#pragma once

#include <bit>
#include <cstdint>

#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"
#include "numerics/soft_floats.hpp"

namespace ringlet {

/// Outside ±exp_limit, canonical_exp is constant: e^80 above, 0 below.
inline constexpr float exp_limit = 80.0F;

/// The same bits as exp_by_floats, by integers for nearly all numbers: several times faster without
/// a float unit.
[[nodiscard]] float exp_by_integers(float x) noexcept;

/// Returns e^x: exactly 0 for x < −80 and for NaN, e^80 for every x > 80. Each line is part of the
/// contract: vector versions repeat it operation by operation.
inline float exp_by_floats(float x) noexcept {
  constexpr float log2_e = 1.44269504088896341F;
  // This form of the comparison also catches NaN.
  if (!(x >= -exp_limit)) return 0.0F;
  const float clamped = x > exp_limit ? exp_limit : x;

  const float shifted = fused_multiply_add(clamped, log2_e, rounding_magic);
  const std::uint32_t n = std::bit_cast<std::uint32_t>(shifted) - 0x4B400000U;
  const float whole = shifted - rounding_magic;
  float r = fused_multiply_add(whole, -0.693145751953125F, clamped);
  r = fused_multiply_add(whole, -1.42860677e-06F, r);

  float p = 1.9875691500e-4F;
  p = fused_multiply_add(p, r, 1.3981999507e-3F);
  p = fused_multiply_add(p, r, 8.3334519073e-3F);
  p = fused_multiply_add(p, r, 4.1665795894e-2F);
  p = fused_multiply_add(p, r, 1.6666665459e-1F);
  p = fused_multiply_add(p, r, 5.0000001201e-1F);
  p = fused_multiply_add(p, r * r, r);
  p = p + 1.0F;
  // p is in (0.7, 1.42) and n in [−115, 115], so the exponent stays in the normal range.
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + (n << 23));
}

/// The exponential function of the canonical arithmetic.
inline float canonical_exp(float x) noexcept {
#if defined(RINGLET_SOFT_FLOATS)
  return exp_by_integers(x);
#else
  return exp_by_floats(x);
#endif
}

}  // namespace ringlet

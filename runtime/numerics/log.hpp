// The natural logarithm, with the same bits on every target.
//
// Reduction: x = m·2^n with m in [√½, √2), by integer arithmetic on the bits. Then a polynomial in
// m − 1 with the coefficients of logf in the Cephes library (Moshier), and n·ln 2 in two parts
// (Cody and Waite, 1980). The error is at most 1 ulp. Results are 0 or at least 2^-24 in magnitude,
// and every intermediate stays out of the denormal range, which some targets flush to zero, because
// m − 1 is exact.
#pragma once

#include <bit>
#include <cstdint>

#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"

namespace ringlet {

/// Returns ln x for a finite x ≥ 2^-126, and exactly 0 for 1. Each line is part of the contract.
inline float canonical_log(float x) noexcept {
  constexpr std::uint32_t half_root = 0x3F3504F3U;  // √½
  const std::uint32_t above = std::bit_cast<std::uint32_t>(x) - half_root;
  const auto n = static_cast<std::int32_t>(above) >> 23;
  const float m = std::bit_cast<float>((above & 0x7FFFFFU) + half_root);
  const float f = m - 1.0F;
  if (n == 0 && f == 0.0F) return 0.0F;

  float p = 7.0376836292e-2F;
  p = fused_multiply_add(p, f, -1.1514610310e-1F);
  p = fused_multiply_add(p, f, 1.1676998740e-1F);
  p = fused_multiply_add(p, f, -1.2420140846e-1F);
  p = fused_multiply_add(p, f, 1.4249322787e-1F);
  p = fused_multiply_add(p, f, -1.6668057665e-1F);
  p = fused_multiply_add(p, f, 2.0000714765e-1F);
  p = fused_multiply_add(p, f, -2.4999993993e-1F);
  p = fused_multiply_add(p, f, 3.3333331174e-1F);
  const float square = f * f;
  const float whole = static_cast<float>(n);
  float y = fused_multiply_add(p * f, square, whole * -2.12194440e-4F);
  y = fused_multiply_add(square, -0.5F, y);
  return fused_multiply_add(whole, 0.693359375F, f + y);
}

/// Returns ln(1 + e^x), and x itself above 20. What 1 + e^x loses by rounding is put back by a
/// division (Kahan; in Goldberg, "What every computer scientist should know", 1991).
inline float canonical_softplus(float x) noexcept {
  if (x > 20.0F) return x;
  const float power = canonical_exp(x);
  const float sum = 1.0F + power;
  if (sum == 1.0F) return power;
  return canonical_log(sum) * (power / (sum - 1.0F));
}

}  // namespace ringlet

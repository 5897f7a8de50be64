// The Gaussian error linear unit, x·Φ(x), in the two forms used for training (Hendrycks and Gimpel,
// 2016), with the same bits on every target. Vector versions repeat each line.
#pragma once

#include <cstddef>

#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {

// 2·√(2/π), and the same times 0.044715.
inline constexpr float gelu_linear = 1.5957691216F;
inline constexpr float gelu_cubic = 0.0713548162726F;

/// The tanh approximation: ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). Since ½(1 + tanh u) is the
/// logistic function of 2u, it needs no tanh.
inline float gelu_tanh(float x) noexcept {
  const float twice_u = x * fused_multiply_add(x * x, gelu_cubic, gelu_linear);
  return x * (1.0F / (1.0F + canonical_exp(0.0F - twice_u)));
}

// Φ(−a) = t·exp(−a²/2 + P(t))/2 with t = 1/(1 + a/√8), the form of erfc in Numerical Recipes. The
// coefficients of P are our own minimax fit for a ≤ 28, with an error of at most 7e-8 of Φ.
inline constexpr float gelu_step = 0.35355339059F;
[[gnu::always_inline]] constexpr float gelu_coefficient(std::size_t power) noexcept {
  constexpr float of_power[] = {-1.26550770F,  0.999916255F, 0.375092238F, 0.0919329822F,
                                -0.172595054F, 0.255343437F, -1.11054158F, 1.47338605F,
                                -0.817323506F, 0.170296952F};
  return of_power[power];
}

/// The exact form, with the error function.
inline float gelu_erf(float x) noexcept {
  const float t = 1.0F / fused_multiply_add(magnitude(x), gelu_step, 1.0F);
  float p = gelu_coefficient(9);
  for (std::size_t power = 9; power-- > 0;) p = fused_multiply_add(p, t, gelu_coefficient(power));
  const float tail = (t * canonical_exp(fused_multiply_add(-0.5F * x, x, p))) * 0.5F;
  return x * (x < 0.0F ? tail : 1.0F - tail);
}

}  // namespace ringlet

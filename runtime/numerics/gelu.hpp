// The Gaussian error linear unit, x·Φ(x), in the two forms that models are trained with (Hendrycks
// and Gimpel, 2016); the same bits on every target. Vector versions repeat each line.
#pragma once

#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {

// 2·√(2/π), and times 0.044715.
inline constexpr float gelu_linear = 1.5957691216F;
inline constexpr float gelu_cubic = 0.0713548162726F;

/// The approximation by tanh: ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). Since ½(1 + tanh u) is the
/// logistic function of 2u, no tanh is needed.
inline float gelu_tanh(float x) noexcept {
  const float twice_u = x * fused_multiply_add(x * x, gelu_cubic, gelu_linear);
  return x * (1.0F / (1.0F + canonical_exp(0.0F - twice_u)));
}

// Φ(−a) = t·exp(−a²/2 + P(t))/2 with t = 1/(1 + a/√8), the form of Numerical Recipes' erfc; the
// coefficients of P are a minimax fit of our own for a ≤ 28, off by 7e-8 of Φ at most.
inline constexpr float gelu_step = 0.35355339059F;
inline constexpr float gelu_polynomial[] = {
    0.170296952F,  -0.817323506F, 1.47338605F,  -1.11054158F, 0.255343437F,
    -0.172595054F, 0.0919329822F, 0.375092238F, 0.999916255F, -1.26550770F};

/// The exact form, with the error function.
inline float gelu_erf(float x) noexcept {
  const float t = 1.0F / fused_multiply_add(magnitude(x), gelu_step, 1.0F);
  float p = gelu_polynomial[0];
  for (int i = 1; i < 10; ++i) p = fused_multiply_add(p, t, gelu_polynomial[i]);
  const float tail = (t * canonical_exp(fused_multiply_add(-0.5F * x, x, p))) * 0.5F;
  return x * (x < 0.0F ? tail : 1.0F - tail);
}

}  // namespace ringlet

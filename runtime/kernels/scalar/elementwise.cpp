#include "kernels/scalar/scalar.hpp"
#include "numerics/exp.hpp"
#include "numerics/finite.hpp"
#include "numerics/gelu.hpp"
#include "numerics/hadamard.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rotary.hpp"

namespace ringlet::scalar {

void rms_norm(const float* x, const float* weight, float* y, std::size_t n, float epsilon) {
  const float squares = canonical_dot(x, n, [x](std::size_t i) { return x[i]; });
  const float mean = squares / static_cast<float>(n);
  const float inverse = 1.0F / __builtin_sqrtf(mean + epsilon) + not_finite_mark(mean);
  for (std::size_t i = 0; i < n; ++i) y[i] = (x[i] * inverse) * weight[i];
}

void silu_multiply(const float* gate, const float* up, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const float sigmoid = 1.0F / (1.0F + canonical_exp(0.0F - gate[i]));
    y[i] = (gate[i] * sigmoid) * up[i];
  }
}

void sigmoid_multiply(const float* gate, const float* up, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = (1.0F / (1.0F + canonical_exp(0.0F - gate[i]))) * up[i];
  }
}

void gelu_tanh(const float* x, const float* up, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = up == nullptr ? ringlet::gelu_tanh(x[i]) : ringlet::gelu_tanh(x[i]) * up[i];
  }
}

void gelu_erf(const float* x, const float* up, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = up == nullptr ? ringlet::gelu_erf(x[i]) : ringlet::gelu_erf(x[i]) * up[i];
  }
}

void add(const float* x, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += x[i];
}

void scale(const float* x, float factor, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] * factor;
}

void center(const float* x, float* y, std::size_t n) {
  const float mean = canonical_sum(x, n) / static_cast<float>(n);
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] - mean;
}

void soft_cap(const float* x, float cap, std::size_t n, float* y) {
  const float factor = 2.0F / cap;
  const float twice = 2.0F * cap;
  for (std::size_t i = 0; i < n; ++i) {
    const float logistic = 1.0F / (1.0F + canonical_exp(0.0F - x[i] * factor));
    y[i] = fused_multiply_add(twice, logistic, 0.0F - cap) + not_finite_mark(x[i]);
  }
}

void rotary_table(std::uint64_t position, const std::uint64_t* steps, std::size_t pairs,
                  float* cosine, float* sine) {
  for (std::size_t i = 0; i < pairs; ++i) {
    const Angle angle = angle_of_phase(position * steps[i]);
    cosine[i] = angle.cosine;
    sine[i] = angle.sine;
  }
}

void hadamard(float* x, std::size_t n) { hadamard_in_place(x, n); }

void rotate(const float* x, const float* cosine, const float* sine, std::size_t pairs, float* y) {
  for (std::size_t i = 0; i < pairs; ++i) {
    const float a = x[i];
    const float b = x[i + pairs];
    y[i] = fused_multiply_add(a, cosine[i], 0.0F - b * sine[i]);
    y[i + pairs] = fused_multiply_add(b, cosine[i], a * sine[i]);
  }
}

}  // namespace ringlet::scalar

// What the sampler does with every logit, over a vector type V (README.md).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/simd/activation.hpp"
#include "numerics/reduction.hpp"

namespace ringlet::simd {

/// Keeps compilers from unrolling a loop over a remainder, which runs once in a vocabulary.
[[gnu::always_inline]] inline void keep_rolled(std::size_t& i) { asm("" : "+r"(i)); }

/// The comparison of V::maximum(x, most) passes over NaN.
template <typename V>
float largest_number(const float* x, std::size_t n) {
  auto lanes = V::set(-std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) lanes = V::maximum(V::load(x + i), lanes);
  float most = V::largest(lanes);
  for (; i < n; ++i, keep_rolled(i)) most = x[i] > most ? x[i] : most;
  return most;
}

/// Quotients by one divisor, with the bits of a division. Where that is slow, the product with the
/// reciprocal is corrected twice by the remainder, which a fused multiply-add gives exactly: the
/// first correction leaves an error below one unit in the last place, and from there the second one
/// rounds correctly (Markstein, "Computation of elementary functions on the IBM RISC System/6000
/// processor", 1990). For that, both sides are multiplied by a power of two that brings the divisor
/// to about 1. A quotient or remainder that leaves the range of normal floats nonetheless belongs
/// to a quotient above 2^100, which becomes NaN, or below 2^-100; e^x is 0 for a negative one of
/// the former and for NaN, and 1 for the latter.
template <typename V>
class Divisor {
 public:
  explicit Divisor(float divisor)
      : scale_(slow ? inverse_power(divisor) : 1.0F),
        divisor_(divisor * scale_),
        reciprocal_(slow ? 1.0F / divisor_ : 0.0F) {}

  [[nodiscard]] typename V::Floats divide(typename V::Floats a) const {
    if constexpr (!slow) {
      return V::div(a, V::set(divisor_));
    } else {
      a = V::mul(a, V::set(scale_));
      const auto reciprocal = V::set(reciprocal_);
      const auto negative = V::set(0.0F - divisor_);
      auto quotient = V::mul(a, reciprocal);
      quotient = V::fma(V::fma(quotient, negative, a), reciprocal, quotient);
      return V::fma(V::fma(quotient, negative, a), reciprocal, quotient);
    }
  }

 private:
  static constexpr bool slow = V::slow_division;

  /// 2^-e for a positive number of exponent e, as far as normal floats reach.
  static float inverse_power(float x) {
    const std::uint32_t exponent = std::bit_cast<std::uint32_t>(x) >> 23;
    const std::uint32_t inverse = exponent == 0 ? 253 : exponent >= 253 ? 1 : 254 - exponent;
    return std::bit_cast<float>(inverse << 23);
  }

  float scale_;
  float divisor_;
  float reciprocal_;
};

template <typename V>
float weigh(const float* x, float best, float temperature, std::size_t n, float* y) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const Divisor<V> divisor(temperature);
  // Numbers above this have weight 1: infinity if that is the best, else none.
  const float below_one = best == infinity ? std::numeric_limits<float>::max() : infinity;
  constexpr std::size_t step = V::in_flight * V::width;
  float partial[reduction_lanes] = {};
  for (std::size_t i = 0; i < n; i += step) {
    float rest[step];
    const std::size_t count = n - i < step ? n - i : step;
    if (count < step) {
      for (std::size_t j = 0; j < step; ++j, keep_rolled(j)) {
        rest[j] = j < count ? x[i + j] : -infinity;
      }
    }
    const float* from = count < step ? rest : x + i;
    float* to = count < step || y == nullptr ? rest : y + i;
    float* sums = partial + i % reduction_lanes;
    for (std::size_t j = 0; j < step; j += V::width) {
      const auto logit = V::load(from + j);
      const auto power = exp<V>(divisor.divide(V::sub(logit, V::set(best))));
      const auto weight = V::select_less(V::set(below_one), logit, V::set(1.0F), power);
      V::store(sums + j, V::add(V::load(sums + j), weight));
      V::store(to + j, weight);
    }
    if (count == step || y == nullptr) continue;
    for (std::size_t j = 0; j < count; ++j, keep_rolled(j)) y[i + j] = rest[j];
  }
  return reduce_tree(partial);
}

}  // namespace ringlet::simd

// Sums whose order does not depend on the width of vector registers: sixteen partial sums by index
// modulo 16, then a tree that adds halves (+8, +4, +2, +1).
#pragma once

#include <cstddef>

#include "numerics/fused_multiply_add.hpp"

namespace ringlet {

inline constexpr std::size_t reduction_lanes = 16;

/// Adds sixteen partial sums. Overwrites them.
inline float reduce_tree(float (&partial)[reduction_lanes]) noexcept {
  for (std::size_t half = reduction_lanes / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) partial[i] += partial[i + half];
  }
  return partial[0];
}

/// Returns Σ x[i]·y[i], with each product fused into its partial sum. `load(i)` returns y[i].
template <typename Load>
inline float canonical_dot(const float* x, std::size_t n, Load load) noexcept {
  float partial[reduction_lanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    float& sum = partial[i % reduction_lanes];
    sum = fused_multiply_add(x[i], load(i), sum);
  }
  return reduce_tree(partial);
}

/// Returns Σ x[i].
inline float canonical_sum(const float* x, std::size_t n) noexcept {
  float partial[reduction_lanes] = {};
  for (std::size_t i = 0; i < n; ++i) partial[i % reduction_lanes] += x[i];
  return reduce_tree(partial);
}

}  // namespace ringlet

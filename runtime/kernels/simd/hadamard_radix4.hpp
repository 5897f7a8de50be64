// The transform of numerics/hadamard.hpp over a vector type V, two stages at a time, so that each
// number is loaded and stored once for both. For stages whose pairs are at least a vector apart.
#pragma once

#include <cstddef>

#include "numerics/hadamard.hpp"

namespace ringlet::simd {

/// The stages `half` and 2·half of a block, and a factor, which is 1 unless they are the last.
template <typename V>
inline void hadamard_two_stages(float* x, std::size_t block, std::size_t half, float factor) {
  const auto store = [&](float* to, typename V::Floats a) {
    V::store(to, V::mul(a, V::set(factor)));
  };
  for (float* end = x + block; x < end; x += 3 * half) {
    for (const float* next = x + half; x < next; x += V::width) {
      const auto a = V::load(x);
      const auto b = V::load(x + half);
      const auto c = V::load(x + 2 * half);
      const auto d = V::load(x + 3 * half);
      const auto ab = V::add(a, b);
      const auto cd = V::add(c, d);
      store(x, V::add(ab, cd));
      store(x + 2 * half, V::sub(ab, cd));
      const auto a_b = V::sub(a, b);
      const auto c_d = V::sub(c, d);
      store(x + half, V::add(a_b, c_d));
      store(x + 3 * half, V::sub(a_b, c_d));
    }
  }
}

/// The stages of a block from `half` on, and the factor.
template <typename V>
void hadamard_stages(float* x, std::size_t block, std::size_t half) {
  const float factor = hadamard_scale(block);
  for (; 4 * half <= block; half *= 4) {
    hadamard_two_stages<V>(x, block, half, 4 * half == block ? factor : 1.0F);
  }
  if (half == block) return;
  for (const float* end = x + half; x < end; x += V::width) {
    const auto a = V::load(x);
    const auto b = V::load(x + half);
    V::store(x, V::mul(V::add(a, b), V::set(factor)));
    V::store(x + half, V::mul(V::sub(a, b), V::set(factor)));
  }
}

}  // namespace ringlet::simd

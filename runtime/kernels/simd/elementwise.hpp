// Elementwise kernels over a vector type V (README.md states what it must provide). Lanes are
// elements, and sums keep the sixteen partial sums of numerics/reduction.hpp, so the width of V
// does not change a single bit. Elements after the last whole vector are computed one by one.
//
// Each instruction set declares V in an anonymous namespace, so that the linker cannot use an
// instantiation with newer instructions for another set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/packed_layout.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/finite.hpp"
#include "numerics/hadamard.hpp"
#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::simd {

template <typename V>
inline typename V::Floats load_floats(const float* x) {
  return V::load(x);
}
template <typename V>
inline typename V::Floats load_floats(const std::uint16_t* halves) {
  return V::load_half(halves);
}
[[gnu::always_inline]] inline float as_float(float x) { return x; }
[[gnu::always_inline]] inline float as_float(std::uint16_t half) { return half_to_float(half); }

/// Σ a[i]·b[i] over n elements. b can be halves.
template <typename V, typename Element>
inline float dot(const float* a, const Element* b, std::size_t n) {
  constexpr std::size_t vectors = reduction_lanes / V::width;
  typename V::Floats sums[vectors];
  for (auto& sum : sums) sum = V::set(0.0F);
  std::size_t i = 0;
  for (; i + reduction_lanes <= n; i += reduction_lanes) {
    for (std::size_t v = 0; v < vectors; ++v) {
      sums[v] =
          V::fma(V::load(a + i + v * V::width), load_floats<V>(b + i + v * V::width), sums[v]);
    }
  }
  float partial[reduction_lanes];
  for (std::size_t v = 0; v < vectors; ++v) V::store(partial + v * V::width, sums[v]);
  for (; i < n; ++i) {
    partial[i % reduction_lanes] =
        fused_multiply_add(a[i], as_float(b[i]), partial[i % reduction_lanes]);
  }
  return reduce_tree(partial);
}

/// Σ x[i].
template <typename V>
inline float sum(const float* x, std::size_t n) {
  constexpr std::size_t vectors = reduction_lanes / V::width;
  typename V::Floats sums[vectors];
  for (auto& s : sums) s = V::set(0.0F);
  std::size_t i = 0;
  for (; i + reduction_lanes <= n; i += reduction_lanes) {
    for (std::size_t v = 0; v < vectors; ++v)
      sums[v] = V::add(sums[v], V::load(x + i + v * V::width));
  }
  float partial[reduction_lanes];
  for (std::size_t v = 0; v < vectors; ++v) V::store(partial + v * V::width, sums[v]);
  for (; i < n; ++i) partial[i % reduction_lanes] += x[i];
  return reduce_tree(partial);
}

/// max |x[i]|. A maximum can be computed in any order, and V can have its own way.
template <typename V>
inline float absolute_maximum(const float* x, std::size_t n) {
  if constexpr (requires { V::absolute_maximum(x, n); }) return V::absolute_maximum(x, n);
  float maximum = 0;
  std::size_t i = 0;
  if (n >= V::width) {
    auto most = V::set(0.0F);
    for (; i + V::width <= n; i += V::width) most = V::maximum(V::absolute(V::load(x + i)), most);
    const float largest = V::largest(most);
    maximum = largest > maximum ? largest : maximum;
  }
  for (; i < n; ++i) maximum = magnitude(x[i]) > maximum ? magnitude(x[i]) : maximum;
  return maximum;
}

/// rne(x · factor) as INT8, n elements.
template <typename V>
inline void round_to_int8(const float* x, float factor, std::size_t n, std::int8_t* codes) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    const auto shifted = V::add(V::mul(V::load(x + i), V::set(factor)), V::set(rounding_magic));
    V::store_int8(codes + i, V::add_int(V::bits(shifted), V::set_int(-0x4B400000)));
  }
  for (; i < n; ++i) codes[i] = to_int8(x[i] * factor);
}

template <typename V>
void quantize(const float* x, std::size_t columns, const QuantizedVector& out) {
  constexpr std::size_t group = packed::group_size;
  for (std::size_t g = 0; g * group < columns; ++g, x += group) {
    float padded[group];
    const float* numbers = x;
    if (columns - g * group < group) {
      for (std::size_t i = 0; i < group; ++i) padded[i] = g * group + i < columns ? x[i] : 0.0F;
      numbers = padded;
    }
    std::int8_t* codes = out.codes + g * group;
    const float maximum = absolute_maximum<V>(numbers, group);
    const bool zero = !(maximum >= smallest_group_maximum);
    round_to_int8<V>(numbers, zero ? 0.0F : 127.0F / maximum, group, codes);
    out.scales[g] = zero ? 0.0F : maximum / 127.0F;
    out.offsets[g] = -8 * V::sum_int8_32(codes);
  }
}

template <typename V>
void rms_norm(const float* x, const float* weight, float* y, std::size_t n, float epsilon) {
  const float mean = dot<V>(x, x, n) / static_cast<float>(n);
  const float inverse = 1.0F / __builtin_sqrtf(mean + epsilon) + not_finite_mark(mean);
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    V::store(y + i, V::mul(V::mul(V::load(x + i), V::set(inverse)), V::load(weight + i)));
  }
  for (; i < n; ++i) y[i] = (x[i] * inverse) * weight[i];
}

template <typename V>
void add(const float* x, float* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) V::store(y + i, V::add(V::load(y + i), V::load(x + i)));
  scalar::add(x + i, y + i, n - i);
}

/// One step of the transform of numerics/hadamard.hpp, for pairs `half` apart. Pairs closer than a
/// vector are processed one by one.
template <typename V>
inline void hadamard_step(float* x, std::size_t block, std::size_t half) {
  for (std::size_t base = 0; base < block; base += 2 * half) {
    std::size_t i = base;
    for (; i + V::width <= base + half; i += V::width) {
      const auto a = V::load(x + i);
      const auto b = V::load(x + i + half);
      V::store(x + i, V::add(a, b));
      V::store(x + i + half, V::sub(a, b));
    }
    for (; i < base + half; ++i) {
      const float a = x[i];
      const float b = x[i + half];
      x[i] = a + b;
      x[i + half] = a - b;
    }
  }
}

/// The steps from `half` to less than a vector, in a register. Every lane adds its own number, or
/// its negative, to that of its partner; a product with ±1 is exact.
template <typename V, std::size_t half>
inline typename V::Floats narrow_hadamard(typename V::Floats a) {
  if constexpr (half < V::width) {
    float signs[V::width];
    for (std::size_t i = 0; i < V::width; ++i) signs[i] = (i & half) != 0 ? -1.0F : 1.0F;
    return narrow_hadamard<V, 2 * half>(V::fma(a, V::load(signs), V::template swap<half>(a)));
  } else {
    return a;
  }
}

/// The steps whose pairs are closer than a vector, if V can do them at once. Returns the distance
/// of the first pairs that are left.
template <typename V>
inline std::size_t narrow_hadamard_steps(float* x, std::size_t block) {
  if constexpr (requires { &V::template swap<1>; }) {
    if (block < V::width) return 1;
    for (std::size_t i = 0; i < block; i += V::width) {
      V::store(x + i, narrow_hadamard<V, 1>(V::load(x + i)));
    }
    return V::width;
  } else {
    return 1;
  }
}

template <typename V>
void hadamard(float* x, std::size_t n) {
  for (std::size_t block = 0; n > 0; x += block, n -= block) {
    block = hadamard_block(n);
    for (std::size_t half = narrow_hadamard_steps<V>(x, block); half < block; half *= 2) {
      hadamard_step<V>(x, block, half);
    }
    const float factor = hadamard_scale(block);
    std::size_t i = 0;
    for (; i + V::width <= block; i += V::width) {
      V::store(x + i, V::mul(V::load(x + i), V::set(factor)));
    }
    for (; i < block; ++i) x[i] *= factor;
  }
}

template <typename V>
void scale(const float* x, float factor, std::size_t n, float* y) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) V::store(y + i, V::mul(V::load(x + i), V::set(factor)));
  scalar::scale(x + i, factor, n - i, y + i);
}

template <typename V>
void center(const float* x, float* y, std::size_t n) {
  const float mean = sum<V>(x, n) / static_cast<float>(n);
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) V::store(y + i, V::sub(V::load(x + i), V::set(mean)));
  for (; i < n; ++i) y[i] = x[i] - mean;
}

template <typename V>
void rotate(const float* x, const float* cosine, const float* sine, std::size_t pairs, float* y) {
  std::size_t i = 0;
  for (; i + V::width <= pairs; i += V::width) {
    const auto a = V::load(x + i);
    const auto b = V::load(x + i + pairs);
    const auto c = V::load(cosine + i);
    const auto s = V::load(sine + i);
    V::store(y + i, V::fma(a, c, V::sub(V::set(0.0F), V::mul(b, s))));
    V::store(y + i + pairs, V::fma(b, c, V::mul(a, s)));
  }
  for (; i < pairs; ++i) {
    const float a = x[i];
    const float b = x[i + pairs];
    y[i] = fused_multiply_add(a, cosine[i], 0.0F - b * sine[i]);
    y[i + pairs] = fused_multiply_add(b, cosine[i], a * sine[i]);
  }
}

}  // namespace ringlet::simd

// Quantization of keys and values over a vector type V (README.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernels/simd/elementwise.hpp"
#include "numerics/half.hpp"

namespace ringlet::simd {

template <typename V>
std::uint16_t quantize_int8(const float* x, std::size_t n, std::int8_t* codes) {
  const float most = absolute_maximum<V>(x, n);
  const bool zero = !(most >= smallest_group_maximum);
  const std::uint16_t scale = zero ? std::uint16_t{0} : scale_to_half(most / 127.0F);
  round_to_int8<V>(x, zero ? 0.0F : 1.0F / half_to_float(scale), n, codes);
  return scale;
}

/// A candidate for the codes of a group of 32 numbers, and the quality of its fit.
template <typename V>
struct Int4Fit {
  static constexpr std::size_t vectors = 32 / V::width;
  typename V::Floats codes[vectors];  // plus rounding_magic
  float scale;
  float gain;  // squared norm that the fit explains
};

template <typename V>
inline float reduce(const typename V::Floats (&sums)[reduction_lanes / V::width]) {
  float partial[reduction_lanes];
  std::size_t v = 0;
  for (const auto& sum : sums) V::store(partial + V::width * v++, sum);
  return reduce_tree(partial);
}

/// Fits the codes of x · inverse to x. Not inlined: four copies would be most of the kernel.
template <typename V>
[[gnu::noinline]] void fit_int4(const float* x, float inverse, Int4Fit<V>& out) {
  constexpr std::size_t partial_vectors = reduction_lanes / V::width;
  typename V::Floats products[partial_vectors];
  typename V::Floats squares[partial_vectors];
  for (std::size_t v = 0; v < partial_vectors; ++v) products[v] = squares[v] = V::set(0.0F);
  for (std::size_t v = 0; v < Int4Fit<V>::vectors; ++v) {
    const auto number = V::load(x + v * V::width);
    const auto shifted = V::add(V::mul(number, V::set(inverse)), V::set(rounding_magic));
    const auto least = V::maximum(shifted, V::set(rounding_magic - 8.0F));
    const auto most = V::set(rounding_magic + 7.0F);
    out.codes[v] = V::select_less(most, least, most, least);
    const auto code = V::sub(out.codes[v], V::set(rounding_magic));
    auto& product = products[v % partial_vectors];
    auto& square = squares[v % partial_vectors];
    product = V::fma(number, code, product);
    square = V::fma(code, code, square);  // integers, so exact
  }
  const float product = reduce<V>(products);
  const float square = reduce<V>(squares);
  out.scale = square == 0.0F ? 0.0F : product / square;
  out.gain = out.scale * product;
}

/// A shorter group is padded with zeros, whose codes are zero and add nothing to any sum.
template <typename V>
std::uint16_t quantize_int4(const float* x, std::size_t n, std::int8_t* codes) {
  float padded[32];
  if (n < 32) {
    for (std::size_t i = 0; i < 32; ++i) padded[i] = i < n ? x[i] : 0.0F;
    x = padded;
  }
  Int4Fit<V> fits[2];
  Int4Fit<V>* best = &fits[0];
  Int4Fit<V>* candidate = &fits[1];
  for (auto& code : best->codes) code = V::set(rounding_magic);  // zero codes
  best->scale = best->gain = 0.0F;
  const float largest = absolute_maximum<V>(x, 32);
  if (largest >= smallest_group_maximum) {
    std::size_t first = 0;  // first index with that magnitude
    while (first < 31 && magnitude(x[first]) != largest) ++first;
    for (std::size_t i = 0; i < scalar::int4_steps; ++i) {
      fit_int4<V>(x, scalar::int4_end(i) / x[first], *candidate);
      if (candidate->gain > best->gain) std::swap(best, candidate);
    }
    if (magnitude(best->scale) < smallest_scale) {
      const float least = best->scale < 0 ? -smallest_scale : smallest_scale;
      fit_int4<V>(x, 1.0F / least, *best);
      best->scale = least;
    }
  }
  for (std::size_t v = 0; v < Int4Fit<V>::vectors; ++v) {
    V::store_int8(codes + v * V::width,
                  V::add_int(V::bits(best->codes[v]), V::set_int(-0x4B400000)));
  }
  return signed_scale_to_half(best->scale);
}

}  // namespace ringlet::simd

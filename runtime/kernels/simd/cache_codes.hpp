// Keys and values as codes of the cache, written once over a vector type V (README.md).
#pragma once

#include <cstddef>
#include <cstdint>

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

/// A group of 32 numbers and what codes it can have.
template <typename V>
class Int4Group {
  static constexpr std::size_t vectors = 32 / V::width;
  static constexpr std::size_t partial_vectors = reduction_lanes / V::width;

 public:
  explicit Int4Group(const float* x) {
    for (std::size_t v = 0; v < vectors; ++v) x_[v] = V::load(x + v * V::width);
  }

  struct Fit {
    typename V::Floats codes[vectors];  // plus rounding_magic
    float scale;
    float gain;  // the squared norm that the fit explains
  };

  [[nodiscard]] Fit fit(float inverse) const {
    Fit result;
    typename V::Floats products[partial_vectors];
    typename V::Floats squares[partial_vectors];
    for (std::size_t v = 0; v < partial_vectors; ++v) products[v] = squares[v] = V::set(0.0F);
    for (std::size_t v = 0; v < vectors; ++v) {
      const auto shifted = V::add(V::mul(x_[v], V::set(inverse)), V::set(rounding_magic));
      const auto least = V::maximum(shifted, V::set(rounding_magic - 8.0F));
      const auto most = V::set(rounding_magic + 7.0F);
      result.codes[v] = V::select_less(most, least, most, least);
      const auto code = V::sub(result.codes[v], V::set(rounding_magic));
      auto& product = products[v % partial_vectors];
      auto& square = squares[v % partial_vectors];
      product = V::fma(x_[v], code, product);
      square = V::fma(code, code, square);  // whole numbers: exact
    }
    const float product = reduce(products);
    const float square = reduce(squares);
    result.scale = square == 0.0F ? 0.0F : product / square;
    result.gain = result.scale * product;
    return result;
  }

  static void store(const Fit& fit, std::int8_t* codes) {
    for (std::size_t v = 0; v < vectors; ++v) {
      const auto code = V::add_int(V::bits(fit.codes[v]), V::set_int(-0x4B400000));
      V::store_int8(codes + v * V::width, code);
    }
  }

 private:
  static float reduce(const typename V::Floats (&sums)[partial_vectors]) {
    float partial[reduction_lanes];
    for (std::size_t v = 0; v < partial_vectors; ++v) V::store(partial + v * V::width, sums[v]);
    return reduce_tree(partial);
  }

  typename V::Floats x_[vectors];
};

/// Groups of other sizes than 32 are left to the scalar kernel.
template <typename V>
std::uint16_t quantize_int4(const float* x, std::size_t n, std::int8_t* codes) {
  const float largest = n == 32 ? absolute_maximum<V>(x, n) : 0.0F;
  if (!(largest >= smallest_group_maximum)) return scalar::quantize_int4(x, n, codes);
  std::size_t first = 0;  // of that magnitude
  while (first + 1 < n && magnitude(x[first]) != largest) ++first;

  const Int4Group<V> group(x);
  auto best = group.fit(scalar::int4_end(0) / x[first]);
  for (std::size_t i = 1; i < scalar::int4_steps; ++i) {
    const auto candidate = group.fit(scalar::int4_end(i) / x[first]);
    if (candidate.gain > best.gain) best = candidate;
  }
  if (!(best.gain > 0)) return scalar::quantize_int4(x, n, codes);  // not all were finite
  if (magnitude(best.scale) < smallest_scale) {
    const float least = best.scale < 0 ? -smallest_scale : smallest_scale;
    best = group.fit(1.0F / least);
    best.scale = least;
  }
  group.store(best, codes);
  return signed_scale_to_half(best.scale);
}

}  // namespace ringlet::simd

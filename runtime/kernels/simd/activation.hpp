// The exponential function, SiLU and GELU over a vector type V (README.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "numerics/gelu.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::simd {

/// canonical_exp of numerics/exp.hpp, operation by operation, for x in −80…80. Other numbers give
/// anything. A vector type can have an exponential function of its own.
template <typename V>
inline typename V::Floats exp_within_limits(typename V::Floats x) {
  if constexpr (requires { V::exp(x); }) return V::exp(x);
  const auto shifted = V::fma(x, V::set(1.44269504088896341F), V::set(rounding_magic));
  const auto exponent = V::add_int(V::bits(shifted), V::set_int(-0x4B400000));
  const auto n = V::sub(shifted, V::set(rounding_magic));
  auto r = V::fma(n, V::set(-0.693145751953125F), x);
  r = V::fma(n, V::set(-1.42860677e-06F), r);
  auto p = V::set(1.9875691500e-4F);
  p = V::fma(p, r, V::set(1.3981999507e-3F));
  p = V::fma(p, r, V::set(8.3334519073e-3F));
  p = V::fma(p, r, V::set(4.1665795894e-2F));
  p = V::fma(p, r, V::set(1.6666665459e-1F));
  p = V::fma(p, r, V::set(5.0000001201e-1F));
  p = V::add(V::fma(p, V::mul(r, r), r), V::set(1.0F));
  return V::from_bits(V::add_int(V::bits(p), V::shift_left_23(exponent)));
}

/// The same for all numbers. The last line keeps x above the float before −80, so that −80 itself
/// stays and NaN gives 0.
template <typename V>
inline typename V::Floats exp(typename V::Floats x) {
  const auto result = exp_within_limits<V>(V::select_less(V::set(80.0F), x, V::set(80.0F), x));
  return V::select_less(V::set(-0x1.400002p+6F), x, result, V::set(0.0F));
}

/// y[i] = step(x[i], z[i]) for whole vectors. The remainder uses another call with a vector padded
/// with zeros, so that the long step is compiled once.
template <typename V, typename Step>
void for_vectors(const float* x, const float* z, float* y, std::size_t n, Step step) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    V::store(y + i, step(V::load(x + i), V::load(z + i)));
  }
  if (i == n) return;
  float rest[2][V::width] = {};
  for (std::size_t j = 0; i + j < n; ++j) {
    rest[0][j] = x[i + j];
    rest[1][j] = z[i + j];
  }
  for_vectors<V>(rest[0], rest[1], rest[0], V::width, step);
  for (std::size_t j = 0; i + j < n; ++j) y[i + j] = rest[0][j];
}

template <typename V>
void silu_multiply(const float* gate, const float* up, float* y, std::size_t n) {
  for_vectors<V>(gate, up, y, n, [](typename V::Floats a, typename V::Floats b) {
    const auto denominator = V::add(V::set(1.0F), exp<V>(V::sub(V::set(0.0F), a)));
    return V::mul(V::mul(a, V::div(V::set(1.0F), denominator)), b);
  });
}

template <typename V>
void sigmoid_multiply(const float* gate, const float* up, float* y, std::size_t n) {
  for_vectors<V>(gate, up, y, n, [](typename V::Floats a, typename V::Floats b) {
    const auto denominator = V::add(V::set(1.0F), exp<V>(V::sub(V::set(0.0F), a)));
    return V::mul(V::div(V::set(1.0F), denominator), b);
  });
}

template <typename V>
void soft_cap(const float* x, float cap, std::size_t n, float* y) {
  const auto factor = V::set(2.0F / cap);
  const auto twice = V::set(2.0F * cap);
  const auto below = V::set(0.0F - cap);
  for_vectors<V>(x, x, y, n, [=](typename V::Floats a, typename V::Floats) {
    const auto exponent = V::sub(V::set(0.0F), V::mul(a, factor));
    const auto logistic = V::div(V::set(1.0F), V::add(V::set(1.0F), exp<V>(exponent)));
    return V::add(V::fma(twice, logistic, below), V::sub(a, a));
  });
}

/// x·Φ(x) as in numerics/gelu.hpp.
template <typename V>
inline typename V::Floats gelu_tanh(typename V::Floats x) {
  const auto factor = V::fma(V::mul(x, x), V::set(gelu_cubic), V::set(gelu_linear));
  const auto twice_u = V::mul(x, factor);
  const auto denominator = V::add(V::set(1.0F), exp<V>(V::sub(V::set(0.0F), twice_u)));
  return V::mul(x, V::div(V::set(1.0F), denominator));
}

template <typename V>
inline typename V::Floats gelu_erf(typename V::Floats x) {
  const auto one = V::set(1.0F);
  const auto t = V::div(one, V::fma(V::absolute(x), V::set(gelu_step), one));
  auto p = V::set(gelu_coefficient(9));
  for (std::size_t power = 9; power-- > 0;) p = V::fma(p, t, V::set(gelu_coefficient(power)));
  const auto exponent = V::fma(V::mul(V::set(-0.5F), x), x, p);
  const auto tail = V::mul(V::mul(t, exp<V>(exponent)), V::set(0.5F));
  return V::mul(x, V::select_less(x, V::set(0.0F), tail, V::sub(one, tail)));
}

template <typename V>
void gelu_tanh(const float* x, const float* up, float* y, std::size_t n) {
  for_vectors<V>(x, up == nullptr ? x : up, y, n, [up](auto a, auto b) {
    return up == nullptr ? gelu_tanh<V>(a) : V::mul(gelu_tanh<V>(a), b);
  });
}

template <typename V>
void gelu_erf(const float* x, const float* up, float* y, std::size_t n) {
  for_vectors<V>(x, up == nullptr ? x : up, y, n, [up](auto a, auto b) {
    return up == nullptr ? gelu_erf<V>(a) : V::mul(gelu_erf<V>(a), b);
  });
}

}  // namespace ringlet::simd

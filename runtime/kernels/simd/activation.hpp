// The exponential function and what is built on it, over a vector type V (README.md): SiLU and
// GELU.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/scalar/scalar.hpp"
#include "numerics/gelu.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::simd {

/// canonical_exp of numerics/exp.hpp, one operation at a time. The last line keeps what is above
/// the float before −80, so that −80 itself stays and NaN gives 0.
template <typename V>
inline typename V::Floats exp(typename V::Floats x) {
  const auto clamped = V::select_less(V::set(80.0F), x, V::set(80.0F), x);
  const auto shifted = V::fma(clamped, V::set(1.44269504088896341F), V::set(rounding_magic));
  const auto exponent = V::add_int(V::bits(shifted), V::set_int(-0x4B400000));
  const auto n = V::sub(shifted, V::set(rounding_magic));
  auto r = V::fma(n, V::set(-0.693145751953125F), clamped);
  r = V::fma(n, V::set(-1.42860677e-06F), r);
  auto p = V::set(1.9875691500e-4F);
  p = V::fma(p, r, V::set(1.3981999507e-3F));
  p = V::fma(p, r, V::set(8.3334519073e-3F));
  p = V::fma(p, r, V::set(4.1665795894e-2F));
  p = V::fma(p, r, V::set(1.6666665459e-1F));
  p = V::fma(p, r, V::set(5.0000001201e-1F));
  p = V::add(V::fma(p, V::mul(r, r), r), V::set(1.0F));
  const auto result = V::from_bits(V::add_int(V::bits(p), V::shift_left_23(exponent)));
  return V::select_less(V::set(-0x1.400002p+6F), x, result, V::set(0.0F));
}

template <typename V>
void silu_multiply(const float* gate, const float* up, float* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    const auto a = V::load(gate + i);
    const auto denominator = V::add(V::set(1.0F), exp<V>(V::sub(V::set(0.0F), a)));
    const auto sigmoid = V::div(V::set(1.0F), denominator);
    V::store(y + i, V::mul(V::mul(a, sigmoid), V::load(up + i)));
  }
  scalar::silu_multiply(gate + i, up + i, y + i, n - i);
}

template <typename V>
void soft_cap(const float* x, float cap, std::size_t n, float* y) {
  const auto factor = V::set(2.0F / cap);
  const auto twice = V::set(2.0F * cap);
  const auto below = V::set(0.0F - cap);
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    const auto exponent = V::sub(V::set(0.0F), V::mul(V::load(x + i), factor));
    const auto logistic = V::div(V::set(1.0F), V::add(V::set(1.0F), exp<V>(exponent)));
    V::store(y + i, V::fma(twice, logistic, below));
  }
  scalar::soft_cap(x + i, cap, n - i, y + i);
}

/// x·Φ(x) as numerics/gelu.hpp does it.
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
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    const auto value = gelu_tanh<V>(V::load(x + i));
    V::store(y + i, up == nullptr ? value : V::mul(value, V::load(up + i)));
  }
  scalar::gelu_tanh(x + i, up == nullptr ? nullptr : up + i, y + i, n - i);
}

template <typename V>
void gelu_erf(const float* x, const float* up, float* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    const auto value = gelu_erf<V>(V::load(x + i));
    V::store(y + i, up == nullptr ? value : V::mul(value, V::load(up + i)));
  }
  scalar::gelu_erf(x + i, up == nullptr ? nullptr : up + i, y + i, n - i);
}

}  // namespace ringlet::simd

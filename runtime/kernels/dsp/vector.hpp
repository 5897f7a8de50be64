// The vector type of simd/ for processors with a scalar floating-point unit: one float. It keeps
// the sixteen partial sums in registers and uses VCVTB for halves. Its contract is in
// simd/README.md.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "kernels/dsp/pairs.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats = float;
  using Ints = std::int32_t;
  static constexpr std::size_t width = 1;

  static Floats load(const float* p) { return *p; }
  static void store(float* p, Floats a) { *p = a; }
  static Floats set(float a) { return a; }
  static Floats add(Floats a, Floats b) { return a + b; }
  static Floats sub(Floats a, Floats b) { return a - b; }
  static Floats mul(Floats a, Floats b) { return a * b; }
  static Floats div(Floats a, Floats b) { return a / b; }
  static Floats fma(Floats a, Floats b, Floats c) { return fused_multiply_add(a, b, c); }
  static Floats maximum(Floats a, Floats b) { return a > b ? a : b; }
  static float largest(Floats a) { return a; }
  /// max |x[i]| of simd/elementwise.hpp, by integers: twice the bits are those without the sign.
  // In assembly, because gcc does not fold the shift into the comparison.
  [[gnu::noinline]] static float absolute_maximum(const float* x, std::size_t n) {
    std::uint32_t most = 0;
    for (; n > 0; --n, ++x) {
      asm("cmp %0,%1,lsl #1\n it cc\n lslcc %0,%1,#1" : "+r"(most) : "r"(bits(*x)) : "cc");
    }
    return std::bit_cast<float>(most >> 1);
  }
  static Floats absolute(Floats a) { return magnitude(a); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) { return x < t ? a : b; }

  static Ints bits(Floats a) { return std::bit_cast<Ints>(a); }
  static Floats from_bits(Ints a) { return std::bit_cast<Floats>(a); }
  static Ints set_int(std::int32_t a) { return a; }
  static Ints load_ints(const std::int32_t* p) { return *p; }
  static Ints add_int(Ints a, Ints b) { return wrap(unsign(a) + unsign(b)); }
  static Ints and_int(Ints a, Ints b) { return a & b; }
  static Ints shift_left_23(Ints a) { return wrap(unsign(a) << 23); }
  static Ints shift_right_7(Ints a) { return a >> 7; }
  static Floats to_floats(Ints a) { return static_cast<float>(a); }

  static void store_int8(std::int8_t* p, Ints a) {
    const std::int32_t code = saturate(a);
    *p = static_cast<std::int8_t>(code == -128 ? -127 : code);
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    constexpr Pair ones = 0x00010001;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < 32; i += 4) {
      const std::uint32_t word = load_word(p + i);
      sum = add_products(even(word), ones, add_products(odd(word), ones, sum));
    }
    return sum;
  }
  static std::int32_t sum_ints(Ints a) { return a; }
  static Floats load_half(const std::uint16_t* p) { return half(*p); }

 private:
  static std::uint32_t unsign(Ints a) { return static_cast<std::uint32_t>(a); }
  static Ints wrap(std::uint32_t a) { return static_cast<Ints>(a); }
};

}  // namespace
}  // namespace ringlet::dsp

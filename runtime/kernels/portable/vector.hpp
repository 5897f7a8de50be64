// The vector type of simd/ for any processor: one float. Its contract is in simd/README.md.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "numerics/exp.hpp"
#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"
#include "numerics/soft_floats.hpp"
#include "numerics/wide_product.hpp"

// Whether sums and exponential functions are computed by integers. A test defines the macro, to
// test that on a machine with a float unit.
#if !defined(RINGLET_PORTABLE_BY_INTEGERS) && defined(RINGLET_SOFT_FLOATS)
#define RINGLET_PORTABLE_BY_INTEGERS 1
#endif

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

#if defined(RINGLET_PORTABLE_BY_INTEGERS) && !defined(__thumb2__)
/// a · b. Compilers' own functions for any processor take more than twice as long; those for ARM
/// are in assembly.
[[gnu::noinline]] float multiply_floats(float a, float b) {
  const auto a_bits = std::bit_cast<std::uint32_t>(a);
  const auto b_bits = std::bit_cast<std::uint32_t>(b);
  const std::uint32_t a_exponent = a_bits << 1 >> 24;
  const std::uint32_t b_exponent = b_bits << 1 >> 24;
  auto exponent = static_cast<std::int32_t>(a_exponent + b_exponent) - 127;
  const bool normal = a_exponent - 1 < 254 && b_exponent - 1 < 254;
  if (!normal || exponent < 1 || exponent > 252) return a * b;
  const std::uint64_t product = product_of_fractions(a_bits, b_bits);
  auto high = static_cast<std::uint32_t>(product >> 32);
  auto low = static_cast<std::uint32_t>(product);
  if (high >> 29 != 0) {
    ++exponent;
  } else {
    high = high << 1 | low >> 31;
    low <<= 1;
  }
  const std::uint32_t rest = (high & 63U) | static_cast<std::uint32_t>(low != 0);
  std::uint32_t fraction = high >> 6;
  fraction += (rest + 31 + (fraction & 1U)) >> 6;
  const std::uint32_t sign = (a_bits ^ b_bits) & 0x80000000U;
  return std::bit_cast<float>(sign | ((static_cast<std::uint32_t>(exponent - 1) << 23) + fraction));
}
#else
inline float multiply_floats(float a, float b) { return a * b; }
#endif

struct Vector {
  using Floats = float;
  using Ints = std::int32_t;
  static constexpr std::size_t width = 1;

  static Floats load(const float* p) { return *p; }
  static void store(float* p, Floats a) { *p = a; }
  static Floats set(float a) { return a; }
  static Floats add(Floats a, Floats b) { return a + b; }
  static Floats sub(Floats a, Floats b) { return a - b; }
  static Floats mul(Floats a, Floats b) { return multiply_floats(a, b); }
  static Floats div(Floats a, Floats b) { return a / b; }
  /// Without asking the processor for the instruction: this set is for those without it.
  static Floats fma(Floats a, Floats b, Floats c) {
#if defined(RINGLET_HAS_FUSED_MULTIPLY_ADD)
    return fused_multiply_add(a, b, c);
#else
    return exact_fused_multiply_add(a, b, c);
#endif
  }
#if defined(RINGLET_PORTABLE_BY_INTEGERS)
  static Floats exp(Floats a) { return exp_by_integers(a); }
  static Floats maximum(Floats a, Floats b) { return rank(a) > rank(b) ? a : b; }
#else
  static Floats maximum(Floats a, Floats b) { return a > b ? a : b; }
#endif
  static float largest(Floats a) { return a; }
  static Floats absolute(Floats a) { return magnitude(a); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) { return x < t ? a : b; }

  static Ints bits(Floats a) { return std::bit_cast<Ints>(a); }
  static Floats from_bits(Ints a) { return std::bit_cast<Floats>(a); }
  static Ints set_int(std::int32_t a) { return a; }
  static Ints load_ints(const std::int32_t* p) { return *p; }
  static Ints add_int(Ints a, Ints b) { return as_int(as_bits(a) + as_bits(b)); }
  static Ints and_int(Ints a, Ints b) { return a & b; }
  static Ints shift_left_23(Ints a) { return as_int(as_bits(a) << 23); }
  static Ints shift_right_7(Ints a) { return a >> 7; }
  static Floats to_floats(Ints a) { return static_cast<float>(a); }

  static void store_int8(std::int8_t* p, Ints a) {
    *p = static_cast<std::int8_t>(a > 127 ? 127 : a < -127 ? -127 : a);
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < 32; ++i) sum += p[i];
    return sum;
  }
  static std::int32_t sum_ints(Ints a) { return a; }
  static Floats load_half(const std::uint16_t* p) { return half_to_float(*p); }

 private:
  /// An integer in the order of the floats. Both zeros have the rank 0.
  [[maybe_unused]] static Ints rank(Floats a) {
    return bits(a) < 0 ? -(bits(a) & 0x7FFFFFFF) : bits(a);
  }
  static std::uint32_t as_bits(Ints a) { return static_cast<std::uint32_t>(a); }
  static Ints as_int(std::uint32_t a) { return static_cast<Ints>(a); }
};

}  // namespace
}  // namespace ringlet::portable

// The vector type of simd/ for RISC-V's vector extension: sixteen floats, as a type of
// the compiler that can be in arrays. Its contract is in simd/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ringlet::rvv {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats [[gnu::vector_size(64)]] = float;
  using Ints [[gnu::vector_size(64)]] = std::int32_t;
  static constexpr std::size_t width = 16;
  static constexpr bool slow_division = false;
  static constexpr std::size_t in_flight = 1;

  static Floats load(const float* p) { return *reinterpret_cast<const FloatsInMemory*>(p); }
  static void store(float* p, Floats a) { *reinterpret_cast<FloatsInMemory*>(p) = a; }
  static Floats set(float a) { return {a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a}; }
  static Floats add(Floats a, Floats b) { return a + b; }
  static Floats sub(Floats a, Floats b) { return a - b; }
  static Floats mul(Floats a, Floats b) { return a * b; }
  static Floats div(Floats a, Floats b) { return a / b; }
  static Floats fma(Floats a, Floats b, Floats c) { return __builtin_elementwise_fma(a, b, c); }
  static Floats maximum(Floats a, Floats b) { return a > b ? a : b; }
  static float largest(Floats a) { return __builtin_reduce_max(a); }
  static Floats absolute(Floats a) { return __builtin_elementwise_abs(a); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) { return x < t ? a : b; }

  static Ints bits(Floats a) { return reinterpret_cast<Ints>(a); }
  static Floats from_bits(Ints a) { return reinterpret_cast<Floats>(a); }
  static Ints set_int(std::int32_t a) { return {a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a}; }
  static Ints load_ints(const std::int32_t* p) { return *reinterpret_cast<const IntsInMemory*>(p); }
  static Ints add_int(Ints a, Ints b) { return as_ints(as_bits(a) + as_bits(b)); }
  static Ints and_int(Ints a, Ints b) { return a & b; }
  static Ints shift_left_23(Ints a) { return as_ints(as_bits(a) << 23); }
  static Ints shift_right_7(Ints a) { return a >> 7; }
  static Floats to_floats(Ints a) { return __builtin_convertvector(a, Floats); }

  template <std::size_t half>
  static Floats swap(Floats a) {
    return [&]<std::size_t... lane>(std::index_sequence<lane...>) {
      return __builtin_shufflevector(a, a, (lane ^ half)...);
    }
    (std::make_index_sequence<width>());
  }

  static void store_int8(std::int8_t* p, Ints a) {
    const Ints clamped =
        __builtin_elementwise_max(__builtin_elementwise_min(a, set_int(127)), set_int(-127));
    *reinterpret_cast<BytesInMemory*>(p) = __builtin_convertvector(clamped, BytesInMemory);
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    const auto* const halves = reinterpret_cast<const BytesInMemory*>(p);
    return sum_ints(__builtin_convertvector(halves[0], Ints) +
                    __builtin_convertvector(halves[1], Ints));
  }
  static std::int32_t sum_ints(Ints a) { return __builtin_reduce_add(a); }
  /// The exponent is moved by a multiplication, which is exact for denormals too.
  static Floats load_half(const std::uint16_t* p) {
    const Ints half = __builtin_convertvector(*reinterpret_cast<const HalvesInMemory*>(p), Ints);
    const Ints magnitude = (half & 0x7FFF) << 13;
    const Ints special = magnitude >= 0x0F800000 ? set_int(0x7F800000) : set_int(0);
    const Ints sign = as_ints(as_bits(half) << 16) & set_int(INT32_MIN);
    return from_bits(bits(from_bits(magnitude) * 0x1p112F) | special | sign);
  }

 private:
  using FloatsInMemory [[gnu::vector_size(64), gnu::aligned(4)]] = float;
  using IntsInMemory [[gnu::vector_size(64), gnu::aligned(4)]] = std::int32_t;
  using HalvesInMemory [[gnu::vector_size(32), gnu::aligned(2)]] = std::uint16_t;
  using BytesInMemory [[gnu::vector_size(16), gnu::aligned(1)]] = std::int8_t;
  using Bits [[gnu::vector_size(64)]] = std::uint32_t;

  static Bits as_bits(Ints a) { return reinterpret_cast<Bits>(a); }
  static Ints as_ints(Bits a) { return reinterpret_cast<Ints>(a); }
};

}  // namespace
}  // namespace ringlet::rvv

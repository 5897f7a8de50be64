// The vector type of simd/ for WebAssembly's fixed-width SIMD: four floats. Its contract is in
// simd/README.md.
#pragma once

#include <wasm_simd128.h>

#include <cstddef>
#include <cstdint>

#include "kernels/wasm/fused.hpp"

namespace ringlet::wasm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats = v128_t;
  using Ints = v128_t;
  static constexpr std::size_t width = 4;
  static constexpr bool slow_division = false;
  static constexpr std::size_t in_flight = 4;

  static Floats load(const float* p) { return wasm_v128_load(p); }
  static void store(float* p, Floats a) { wasm_v128_store(p, a); }
  static Floats set(float a) { return wasm_f32x4_splat(a); }
  static Floats add(Floats a, Floats b) { return wasm_f32x4_add(a, b); }
  static Floats sub(Floats a, Floats b) { return wasm_f32x4_sub(a, b); }
  static Floats mul(Floats a, Floats b) { return wasm_f32x4_mul(a, b); }
  static Floats div(Floats a, Floats b) { return wasm_f32x4_div(a, b); }
  static Floats fma(Floats a, Floats b, Floats c) { return fused(a, b, c); }
  static Floats maximum(Floats a, Floats b) { return wasm_f32x4_pmax(b, a); }  // b < a ? a : b
  static float largest(Floats a) {
    a = maximum(a, swap<2>(a));
    return wasm_f32x4_extract_lane(maximum(a, swap<1>(a)), 0);
  }
  static Floats absolute(Floats a) { return wasm_f32x4_abs(a); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) {
    return wasm_v128_bitselect(a, b, wasm_f32x4_lt(x, t));
  }

  static Ints bits(Floats a) { return a; }
  static Floats from_bits(Ints a) { return a; }
  static Ints set_int(std::int32_t a) { return wasm_i32x4_splat(a); }
  static Ints load_ints(const std::int32_t* p) { return wasm_v128_load(p); }
  static Ints add_int(Ints a, Ints b) { return wasm_i32x4_add(a, b); }
  static Ints and_int(Ints a, Ints b) { return wasm_v128_and(a, b); }
  static Ints shift_left_23(Ints a) { return wasm_i32x4_shl(a, 23); }
  static Ints shift_right_7(Ints a) { return wasm_i32x4_shr(a, 7); }
  static Floats to_floats(Ints a) { return wasm_f32x4_convert_i32x4(a); }

  template <std::size_t half>
  static Floats swap(Floats a) {
    return half == 1 ? wasm_i32x4_shuffle(a, a, 1, 0, 3, 2) : wasm_i32x4_shuffle(a, a, 2, 3, 0, 1);
  }

  static void store_int8(std::int8_t* p, Ints a) {
    const v128_t halves = wasm_i16x8_narrow_i32x4(a, a);
    const v128_t bytes = wasm_i8x16_narrow_i16x8(halves, halves);
    // Narrowing saturates at −128, hence the maximum.
    wasm_v128_store32_lane(p, wasm_i8x16_max(bytes, wasm_i8x16_splat(-127)), 0);
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    const v128_t sums = wasm_i16x8_add(wasm_i16x8_extadd_pairwise_i8x16(wasm_v128_load(p)),
                                       wasm_i16x8_extadd_pairwise_i8x16(wasm_v128_load(p + 16)));
    return sum_ints(wasm_i32x4_extadd_pairwise_i16x8(sums));
  }
  static std::int32_t sum_ints(Ints a) {
    a = wasm_i32x4_add(a, swap<2>(a));
    return wasm_i32x4_extract_lane(wasm_i32x4_add(a, swap<1>(a)), 0);
  }
  /// The exponent is moved by a multiplication, which is exact for denormals too.
  static Floats load_half(const std::uint16_t* p) {
    const v128_t half = wasm_u32x4_load16x4(p);
    const v128_t sign = wasm_i32x4_shl(wasm_v128_and(half, wasm_i32x4_splat(0x8000)), 16);
    const v128_t magnitude = wasm_i32x4_shl(wasm_v128_and(half, wasm_i32x4_splat(0x7FFF)), 13);
    const v128_t special = wasm_v128_and(wasm_i32x4_ge(magnitude, wasm_i32x4_splat(0x0F800000)),
                                         wasm_i32x4_splat(0x7F800000));
    const v128_t number = wasm_f32x4_mul(magnitude, wasm_f32x4_splat(0x1p112F));
    return wasm_v128_or(wasm_v128_or(number, sign), special);
  }
};

}  // namespace
}  // namespace ringlet::wasm

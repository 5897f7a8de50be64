// The vector type of simd/ for Helium (MVE with floats): four floats. Its contract is in
// simd/README.md.
//
// Helium always flushes denormals; the rules of numerics/README.md keep them out. It has no
// division, so the scalar unit divides lane by lane.
#pragma once

#include <arm_mve.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats = float32x4_t;
  using Ints = int32x4_t;
  static constexpr std::size_t width = 4;
  static constexpr bool slow_division = true;
  static constexpr std::size_t in_flight = 1;

  static Floats load(const float* p) { return vldrwq_f32(p); }
  static void store(float* p, Floats a) { vstrwq_f32(p, a); }
  static Floats set(float a) { return vdupq_n_f32(a); }
  static Floats add(Floats a, Floats b) { return vaddq_f32(a, b); }
  static Floats sub(Floats a, Floats b) { return vsubq_f32(a, b); }
  static Floats mul(Floats a, Floats b) { return vmulq_f32(a, b); }
  static Floats div(Floats a, Floats b) {
    for (std::size_t i = 0; i < width; ++i) a[i] /= b[i];
    return a;
  }
  static Floats fma(Floats a, Floats b, Floats c) { return vfmaq_f32(c, a, b); }
  // Not VMAXNM, which orders zeros and drops NaN; the contract needs this comparison.
  static Floats maximum(Floats a, Floats b) { return vpselq_f32(a, b, vcmpgtq_f32(a, b)); }
  static float largest(Floats a) {
    float most = a[0];
    for (std::size_t i = 1; i < width; ++i) most = a[i] > most ? a[i] : most;
    return most;
  }
  /// max |x[i]| of simd/elementwise.hpp. VMAXNMAV may order zeros and drop NaN here.
  static float absolute_maximum(const float* x, std::size_t n) {
    float most = 0;
    std::size_t i = 0;
    for (; i + width <= n; i += width) most = vmaxnmavq_f32(most, load(x + i));
    for (; i < n; ++i) most = __builtin_fabsf(x[i]) > most ? __builtin_fabsf(x[i]) : most;
    return most;
  }
  static Floats absolute(Floats a) { return vabsq_f32(a); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) {
    return vpselq_f32(a, b, vcmpltq_f32(x, t));
  }

  static Ints bits(Floats a) { return vreinterpretq_s32_f32(a); }
  static Floats from_bits(Ints a) { return vreinterpretq_f32_s32(a); }
  static Ints set_int(std::int32_t a) { return vdupq_n_s32(a); }
  static Ints load_ints(const std::int32_t* p) { return vldrwq_s32(p); }
  static Ints add_int(Ints a, Ints b) { return vaddq_s32(a, b); }
  static Ints and_int(Ints a, Ints b) { return vandq_s32(a, b); }
  static Ints shift_left_23(Ints a) { return vshlq_n_s32(a, 23); }
  static Ints shift_right_7(Ints a) { return vshrq_n_s32(a, 7); }
  static Floats to_floats(Ints a) { return vcvtq_f32_s32(a); }

  static void store_int8(std::int8_t* p, Ints a) {
    vstrbq_s32(p, vmaxq_s32(vminq_s32(a, vdupq_n_s32(127)), vdupq_n_s32(-127)));
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    return vaddvaq_s8(vaddvq_s8(vldrbq_s8(p)), vldrbq_s8(p + 16));
  }
  static std::int32_t sum_ints(Ints a) { return vaddvq_s32(a); }
  /// The load widens: each half ends up in the lower bits of its lane, where VCVTB expects it.
  static Floats load_half(const std::uint16_t* p) {
    return vcvtbq_f32_f16(vreinterpretq_f16_u32(vldrhq_u32(p)));
  }
};

}  // namespace
}  // namespace ringlet::helium

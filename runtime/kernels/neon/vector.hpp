// The vector type of simd/ for NEON, on aarch64 and on armv7 with VFPv4: four floats. Its contract
// is in simd/README.md.
//
// On armv7, NEON always flushes denormals; the rules of numerics/README.md keep them out. It has no
// division, and its estimates differ between vendors, so lanes are divided one by one.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats = float32x4_t;
  using Ints = int32x4_t;
  static constexpr std::size_t width = 4;
  static constexpr bool slow_division = true;
  static constexpr std::size_t in_flight = 4;

  static Floats load(const float* p) { return vld1q_f32(p); }
  static void store(float* p, Floats a) { vst1q_f32(p, a); }
  static Floats set(float a) { return vdupq_n_f32(a); }
  static Floats add(Floats a, Floats b) { return vaddq_f32(a, b); }
  static Floats sub(Floats a, Floats b) { return vsubq_f32(a, b); }
  static Floats mul(Floats a, Floats b) { return vmulq_f32(a, b); }
  static Floats div(Floats a, Floats b) {
#if defined(__aarch64__)
    return vdivq_f32(a, b);
#else
    float dividend[width];
    float divisor[width];
    vst1q_f32(dividend, a);
    vst1q_f32(divisor, b);
    for (std::size_t i = 0; i < width; ++i) dividend[i] /= divisor[i];
    return vld1q_f32(dividend);
#endif
  }
  static Floats fma(Floats a, Floats b, Floats c) { return vfmaq_f32(c, a, b); }
  // Not VMAX, which orders zeros and propagates NaN; the contract needs this comparison.
  static Floats maximum(Floats a, Floats b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  static float largest(Floats a) {
    const float32x2_t most = vpmax_f32(vget_low_f32(a), vget_high_f32(a));
    return vget_lane_f32(vpmax_f32(most, most), 0);
  }
  static Floats absolute(Floats a) { return vabsq_f32(a); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) {
    return vbslq_f32(vcltq_f32(x, t), a, b);
  }

  static Ints bits(Floats a) { return vreinterpretq_s32_f32(a); }
  static Floats from_bits(Ints a) { return vreinterpretq_f32_s32(a); }
  static Ints set_int(std::int32_t a) { return vdupq_n_s32(a); }
  static Ints load_ints(const std::int32_t* p) { return vld1q_s32(p); }
  static Ints add_int(Ints a, Ints b) { return vaddq_s32(a, b); }
  static Ints and_int(Ints a, Ints b) { return vandq_s32(a, b); }
  static Ints shift_left_23(Ints a) { return vshlq_n_s32(a, 23); }
  static Ints shift_right_7(Ints a) { return vshrq_n_s32(a, 7); }
  static Floats to_floats(Ints a) { return vcvtq_f32_s32(a); }

  template <std::size_t half>
  static Floats swap(Floats a) {
    return half == 1 ? vrev64q_f32(a) : vextq_f32(a, a, 2);
  }

  static void store_int8(std::int8_t* p, Ints a) {
    const Ints clamped = vmaxq_s32(vminq_s32(a, vdupq_n_s32(127)), vdupq_n_s32(-127));
    const int16x4_t halves = vmovn_s32(clamped);
    const int8x8_t bytes = vmovn_s16(vcombine_s16(halves, halves));
    const std::int32_t word = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
    __builtin_memcpy(p, &word, sizeof word);  // p need not be aligned
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    const int16x8_t sums = vpadalq_s8(vpaddlq_s8(vld1q_s8(p)), vld1q_s8(p + 16));
    const int64x2_t halves = vpaddlq_s32(vpaddlq_s16(sums));
    return static_cast<std::int32_t>(vgetq_lane_s64(halves, 0) + vgetq_lane_s64(halves, 1));
  }
  static std::int32_t sum_ints(Ints a) {
    const int32x2_t halves = vadd_s32(vget_low_s32(a), vget_high_s32(a));
    return vget_lane_s32(vpadd_s32(halves, halves), 0);
  }
  static Floats load_half(const std::uint16_t* p) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
  }
};

}  // namespace
}  // namespace ringlet::neon

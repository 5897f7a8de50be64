// Scores and values of INT8 cache pages for Helium.
#pragma once

#include "kernels/helium/vector.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

#define RINGLET_LINE                                                      \
  "vld40.32 {q0,q1,q2,q3},[%[line]]\n vld41.32 {q0,q1,q2,q3},[%[line]]\n" \
  "vld42.32 {q0,q1,q2,q3},[%[line]]\n vld43.32 {q0,q1,q2,q3},[%[line]]!\n"
#define RINGLET_ROWS(multiply) \
  multiply " r4,q0,q4\n " multiply " r6,q1,q4\n " multiply " r8,q2,q4\n " multiply " r10,q3,q4\n"

/// The scores of one query with `lines` · 16 codes. Rows are four positions.
[[gnu::noinline]] void score_query(const CachePage& page, const std::int8_t* query,
                                   std::size_t lines, float query_scale, float* scores) {
  const std::uint8_t* line = page.keys;
  const std::uint16_t* scales = page.key_scales;
  for (const float* end = scores + page::positions; scores < end;) {
    const std::int8_t* x = query;
    asm volatile(
        RINGLET_LINE "vldrb.u8 q4,[%[x]],#16\n" RINGLET_ROWS("vmlav.s8")
        "wls lr,%[rest],2f\n"
        "1:\n"
        RINGLET_LINE "vldrb.u8 q4,[%[x]],#16\n" RINGLET_ROWS("vmlava.s8")
        "le lr,1b\n"
        "2: vldrh.u32 q1,[%[scales]],#8\n"
        "vmov q0[2],q0[0],r4,r8\n vmov q0[3],q0[1],r6,r10\n"
        "vcvtb.f32.f16 q1,q1\n vcvt.f32.s32 q0,q0\n vmul.f32 q1,q1,%[scale]\n"
        "vmul.f32 q0,q0,q1\n vstrw.32 q0,[%[scores]],#16\n"
        : [line] "+r"(line), [scales] "+l"(scales), [x] "+r"(x), [scores] "+r"(scores)
        : [rest] "r"(lines - 1), [scale] "r"(query_scale)
        : "r4", "r6", "r8", "r10", "lr", "q0", "q1", "q2", "q3", "q4", "memory");
  }
}

#undef RINGLET_ROWS

/// The entry `score_int8`.
void score_int8(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride) {
  for (std::size_t h = 0; h < heads; ++h) {
    score_query(page, queries + h * page::query_stride(head_dim), (head_dim + 15) / 16,
                query_scales[h], scores + h * score_stride);
  }
}

/// Quantizes weights times value scales to 15 bits, in two planes of 7. Neither can be negative.
/// `unit` is zero if the page adds nothing.
inline void split_weights(const float* weights, const std::uint16_t* scales,
                          simd::WeightPlanes& out) {
  float scaled[page::positions];
  float most = 0;
#pragma clang loop unroll(disable)
  for (std::size_t j = 0; j < page::positions; j += 4) {
    const float32x4_t four = vmulq_f32(vldrwq_f32(weights + j), Vector::load_half(scales + j));
    vstrwq_f32(scaled + j, four);
    most = vmaxnmavq_f32(most, four);
  }
  out.unit = most >= smallest_group_maximum ? most / scalar::weight_levels : 0.0F;
  if (out.unit == 0.0F) return;
  const float inverse = scalar::weight_levels / most;
#pragma clang loop unroll(disable)
  for (std::size_t j = 0; j < page::positions; j += 4) {
    const float32x4_t product = vmulq_n_f32(vldrwq_f32(scaled + j), inverse);
    // The magic number has no bits where the level, at most 16256, has them.
    const int32x4_t level = vreinterpretq_s32_f32(vaddq_n_f32(product, rounding_magic));
    vstrbq_s32(out.high + j, vshrq_n_s32(level, 7));
    vstrbq_s32(out.low + j, vandq_s32(level, vdupq_n_s32(127)));
  }
  // Otherwise clang would keep the planes in registers, and put the bytes there one by one.
  asm("" ::: "memory");
}

#define RINGLET_PLANES(multiply, high, low)                                           \
  multiply " r0,q0," high "\n " multiply " r2,q1," high "\n " multiply " r4,q2," high \
           "\n " multiply " r6,q3," high "\n " multiply " r8,q0," low "\n " multiply  \
           " r10,q1," low "\n " multiply " r12,q2," low "\n " multiply " r14,q3," low "\n"

/// Adds the weighted values of `quads` times four dimensions to `out`. Rows are dimensions. The
/// eight sums take all even registers, LR too, so this loop counts without LE.
[[gnu::noinline]] void add_values(const std::uint8_t* line, const simd::WeightPlanes& weights,
                                  std::size_t quads, float* out) {
  const std::int8_t* planes = weights.high;  // then weights.low
  asm volatile(
      "vldrb.u8 q4,[%[planes]]\n vldrb.u8 q5,[%[planes],#16]\n"
      "vldrb.u8 q6,[%[planes],#32]\n vldrb.u8 q7,[%[planes],#48]\n"
      "ldr %[planes],[%[planes],#64]\n"  // the unit
      "1:\n"
      RINGLET_LINE RINGLET_PLANES("vmlav.s8", "q4", "q6")
      RINGLET_LINE RINGLET_PLANES("vmlava.s8", "q5", "q7")
      "vmov q0[2],q0[0],r0,r4\n vmov q0[3],q0[1],r2,r6\n"
      "vmov q1[2],q1[0],r8,r12\n vmov q1[3],q1[1],r10,r14\n"
      "vldrw.u32 q2,[%[out]]\n vshl.i32 q0,q0,#7\n subs %[quads],%[quads],#1\n"
      "vadd.i32 q0,q0,q1\n vcvt.f32.s32 q0,q0\n vfma.f32 q2,q0,%[planes]\n"
      "vstrw.32 q2,[%[out]],#16\n bne 1b\n"
      : [line] "+r"(line), [planes] "+r"(planes), [quads] "+r"(quads), [out] "+r"(out)
      :
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6",
        "q7", "cc", "memory");
}
static_assert(offsetof(simd::WeightPlanes, low) == 32 && offsetof(simd::WeightPlanes, unit) == 64);

#undef RINGLET_PLANES
#undef RINGLET_LINE

/// The entry `accumulate_int8`. head_dim is a multiple of eight.
void accumulate_int8(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out) {
  for (std::size_t h = 0; h < heads; ++h) {
    simd::WeightPlanes planes;
    split_weights(weights + h * weight_stride, page.value_scales, planes);
    if (planes.unit != 0.0F) add_values(page.values, planes, head_dim / 4, out + h * head_dim);
  }
}

}  // namespace
}  // namespace ringlet::helium

// Products of packed matrices and two vectors for Helium. Four rows go through the groups with both
// vectors, so weights, their unpacking and their scales serve twice. The eight sums take all even
// general registers, LR too, so the loops count without LE.
#pragma once

#include <algorithm>

#include "kernels/helium/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// A group of two vectors in the order in which the loops read it.
struct PairGroup {
  std::int8_t codes[2][2][16];  // half of the group, vector
  struct {
    float scale;
    std::int32_t offset;
  } of[2];
};
static_assert(sizeof(PairGroup) == 80);

/// Builds for size take vectors one by one.
#if defined(__OPTIMIZE_SIZE__)
inline constexpr bool with_pairs = false;
#else
inline constexpr bool with_pairs = true;
#endif
inline constexpr std::size_t pair_groups = 12;  // at a time: 960 bytes of stack
inline constexpr std::size_t pair_panels = 8;   // that share prepared vectors

inline void prepare_pair(const QuantizedVector* x, std::size_t first, std::size_t count,
                         PairGroup* out) {
#pragma clang loop unroll(disable)
  for (std::size_t g = first; g < first + count; ++g, ++out) {
    for (std::size_t v = 0; v < 2; ++v) {
      const std::int8_t* codes = x[v].codes + g * packed::group_size;
      vstrbq_s8(out->codes[0][v], vldrbq_s8(codes));
      vstrbq_s8(out->codes[1][v], vldrbq_s8(codes + 16));
      out->of[v].scale = x[v].scales[g];
      out->of[v].offset = x[v].offsets[g];
    }
  }
}

// clang-format off: one step a line
#define RINGLET_PART(n, end) "vld4" n ".32 {q0,q1,q2,q3},[%[line]]" end "\n"
#define RINGLET_LINE \
  RINGLET_PART("0", "") RINGLET_PART("1", "") RINGLET_PART("2", "") RINGLET_PART("3", "!")
#define RINGLET_CODES "vldrb.u8 q4,[%[x]],#16\n vldrb.u8 q5,[%[x]],#16\n"
#define RINGLET_BY_FOUR(step) \
  step("r0", "r8", "q0") step("r2", "r10", "q1") step("r4", "r12", "q2") step("r6", "lr", "q3")
#define RINGLET_LOW(a, b, row) "vand q6," row ",q7\n vmlav.s8 " a ",q6,q4\n vmlav.s8 " b ",q6,q5\n"
#define RINGLET_HIGH(a, b, row) "vshr.u8 " row "," row ",#4\n" RINGLET_MORE(a, b, row)
#define RINGLET_FIRST(a, b, row) "vmlav.s8 " a "," row ",q4\n vmlav.s8 " b "," row ",q5\n"
#define RINGLET_MORE(a, b, row) "vmlava.s8 " a "," row ",q4\n vmlava.s8 " b "," row ",q5\n"
// The sums to q0 and q1, the scales of the rows to q4, those of the vectors to r0 and r4, their
// offsets to r2 and r6.
#define RINGLET_TO_LANES                                                    \
  "vldrh.u32 q4,[%[scales]],#32\n"                                          \
  "vmov q0[2],q0[0],r0,r4\n vmov q0[3],q0[1],r2,r6\n vcvtb.f32.f16 q4,q4\n" \
  "ldm %[x]!,{r0,r2,r4,r6}\n"                                               \
  "vmov q1[2],q1[0],r8,r12\n vmov q1[3],q1[1],r10,lr\n"

/// Four rows of `groups` groups of an INT4 panel times both vectors, added to sums[0..3] and
/// sums[4..7].
inline void add_pair_int4(const std::uint8_t* line, const std::uint16_t* scales, const PairGroup* x,
                          std::size_t groups, float* sums) {
  asm volatile(
      "vmov.i8 q7,#15\n"
      "1:\n" RINGLET_LINE RINGLET_CODES RINGLET_BY_FOUR(RINGLET_LOW)
          RINGLET_CODES RINGLET_BY_FOUR(RINGLET_HIGH) RINGLET_TO_LANES
      "vldrw.u32 q2,[%[sums]]\n vadd.i32 q0,q0,r2\n vldrw.u32 q3,[%[sums],#16]\n"
      "vmul.f32 q5,q4,r0\n vadd.i32 q1,q1,r6\n vmul.f32 q4,q4,r4\n add %[line],%[line],#192\n"
      "vcvt.f32.s32 q0,q0\n vcvt.f32.s32 q1,q1\n vfma.f32 q2,q0,q5\n vstrw.32 q2,[%[sums]]\n"
      "vfma.f32 q3,q1,q4\n subs %[n],%[n],#1\n vstrw.32 q3,[%[sums],#16]\n"
      "bne 1b\n"
      : [line] "+r"(line), [scales] "+l"(scales), [x] "+r"(x), [n] "+r"(groups)
      : [sums] "r"(sums)
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6",
        "q7", "cc", "memory");
}

/// The same for INT8, whose groups have two lines.
inline void add_pair_int8(const std::uint8_t* line, const std::uint16_t* scales, const PairGroup* x,
                          std::size_t groups, float* sums) {
  asm volatile(
      "vldrw.u32 q6,[%[sums]]\n vldrw.u32 q7,[%[sums],#16]\n"
      "1:\n" RINGLET_LINE RINGLET_CODES RINGLET_BY_FOUR(RINGLET_FIRST)
          RINGLET_LINE RINGLET_CODES RINGLET_BY_FOUR(RINGLET_MORE) RINGLET_TO_LANES
      "vmul.f32 q5,q4,r0\n vcvt.f32.s32 q0,q0\n vmul.f32 q4,q4,r4\n add %[line],%[line],#384\n"
      "vcvt.f32.s32 q1,q1\n vfma.f32 q6,q0,q5\n subs %[n],%[n],#1\n vfma.f32 q7,q1,q4\n"
      "bne 1b\n vstrw.32 q6,[%[sums]]\n vstrw.32 q7,[%[sums],#16]\n"
      : [line] "+r"(line), [scales] "+l"(scales), [x] "+r"(x), [n] "+r"(groups)
      : [sums] "r"(sums)
      : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6",
        "q7", "cc", "memory");
}

#undef RINGLET_TO_LANES
#undef RINGLET_MORE
#undef RINGLET_FIRST
#undef RINGLET_HIGH
#undef RINGLET_LOW
#undef RINGLET_BY_FOUR
#undef RINGLET_CODES
#undef RINGLET_LINE
#undef RINGLET_PART
// clang-format on

/// `count` consecutive panels times two vectors. y is the first row of the first.
// NOLINTNEXTLINE(misc-definitions-in-headers): the namespace has no name
[[gnu::noinline]] void multiply_pair(bool int4, const simd::PanelView& panels, std::size_t count,
                                     const QuantizedVector* x, float* y, std::size_t y_stride) {
  const std::size_t bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  PairGroup pair[pair_groups];
  for (std::size_t first = 0; first < panels.groups; first += pair_groups) {
    const std::size_t together = std::min(pair_groups, panels.groups - first);
    prepare_pair(x, first, together, pair);
#pragma clang loop unroll(disable)
    for (std::size_t row = 0; row < count * packed::panel_rows; row += 4) {
      const std::size_t group = row / packed::panel_rows * panels.groups + first;
      const std::size_t in_panel = row % packed::panel_rows;
      const std::uint8_t* line =
          panels.codes + group * bytes + in_panel * (bytes / packed::panel_rows);
      const std::uint16_t* scales = panels.scales + group * packed::panel_rows + in_panel;
      float* a = y + row;
      float* b = a + y_stride;
      const float32x4_t zero = vdupq_n_f32(0);
      float sums[8];
      vstrwq_f32(sums, first == 0 ? zero : vldrwq_f32(a));
      vstrwq_f32(sums + 4, first == 0 ? zero : vldrwq_f32(b));
      if (int4) {
        add_pair_int4(line, scales, pair, together, sums);
      } else {
        add_pair_int8(line, scales, pair, together, sums);
      }
      vstrwq_f32(a, vldrwq_f32(sums));
      vstrwq_f32(b, vldrwq_f32(sums + 4));
    }
  }
}

}  // namespace
}  // namespace ringlet::helium

// Products of packed matrices and vectors for Helium. VLD4 splits a line into its four rows,
// VMLADAV adds the products of sixteen codes to a general register, and the floating-point part has
// the four rows in its lanes.
//
// Eight rows go through all groups before the next eight, so that they share scales and offsets of
// the activations. The loops are in assembly, because every vector register is in use:
//
//   INT4   q0–q3 a line, q4 activations, q5 a temporary, q6 the mask, q7 the sums of the first four
//          rows; those of the others stay in memory. The floating-point part of the first four runs
//          between the loads of the next line: the load unit and the float unit work side by side.
//   INT8   q0–q3 a line, q4 and q5 the activations of a group, q6 and q7 the sums
#pragma once

#include "kernels/helium/pairs.hpp"
#include "kernels/helium/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Where the loops are. They move all pointers; those of the panel end a group after the last.
struct HalfPanel {
  const std::uint8_t* line;
  const std::uint16_t* scales;
  const std::int8_t* codes;
  const float* x_scales;
  const std::int32_t* offsets;
};

// clang-format off: one step a line
#define RINGLET_PART(n, end) "vld4" n ".32 {q0,q1,q2,q3},[%[line]]" end "\n"
#define RINGLET_LINE \
  RINGLET_PART("0", "") RINGLET_PART("1", "") RINGLET_PART("2", "") RINGLET_PART("3", "!")
// The sums of rows 0 to 3 are in r4, r6, r8 and r10; VMLADAV needs even registers.
#define RINGLET_TO_LANES(q) "vmov " q "[2]," q "[0],r4,r8\n vmov " q "[3]," q "[1],r6,r10\n"
#define RINGLET_BY_FOUR(step) step("r4", "q0") step("r6", "q1") step("r8", "q2") step("r10", "q3")
#define RINGLET_LOW(sum, row) "vand q5," row ",q6\n vmlav.s8 " sum ",q5,q4\n"
#define RINGLET_HIGH(sum, row) "vshr.u8 " row "," row ",#4\n vmlava.s8 " sum "," row ",q4\n"
#define RINGLET_FIRST(sum, row) "vmlav.s8 " sum "," row ",q4\n"
#define RINGLET_SECOND(sum, row) "vmlava.s8 " sum "," row ",q5\n"

/// Eight rows of an INT4 panel times one vector. There is at least one group.
inline void multiply_half_int4(HalfPanel& at, std::size_t groups, float* y) {
  std::uint32_t scale;
  asm volatile(
      "dls lr,%[n]\n vmov.i32 q7,#0\n vmov.i8 q6,#15\n vstrw.32 q7,[%[y],#16]\n"
      "1:\n"  // rows 0 to 3
      RINGLET_LINE
      "vldrb.u8 q4,[%[x]]\n"
      RINGLET_BY_FOUR(RINGLET_LOW)
      "vldrb.u8 q4,[%[x],#16]\n"
      RINGLET_BY_FOUR(RINGLET_HIGH)
      "vldrh.u32 q4,[%[scales]],#8\n"
      "ldr %[n],[%[offsets]],#4\n ldr %[scale],[%[x_scales]],#4\n"
      RINGLET_TO_LANES("q5")
      "vcvtb.f32.f16 q4,q4\n vadd.i32 q5,q5,%[n]\n"
      RINGLET_PART("0", "")  // rows 4 to 7
      "vmul.f32 q4,q4,%[scale]\n"
      RINGLET_PART("1", "")
      "vcvt.f32.s32 q5,q5\n"
      RINGLET_PART("2", "")
      "vfma.f32 q7,q5,q4\n"
      RINGLET_PART("3", "!")
      "vldrb.u8 q4,[%[x]],#16\n"
      RINGLET_BY_FOUR(RINGLET_LOW)
      "vldrb.u8 q4,[%[x]],#16\n"
      RINGLET_BY_FOUR(RINGLET_HIGH)
      "vldrh.u32 q4,[%[scales]],#24\n"
      RINGLET_TO_LANES("q5")
      "vcvtb.f32.f16 q4,q4\n vadd.i32 q5,q5,%[n]\n vldrw.u32 q0,[%[y],#16]\n"
      "vmul.f32 q4,q4,%[scale]\n vcvt.f32.s32 q5,q5\n add %[line],%[line],#128\n"
      "vfma.f32 q0,q5,q4\n vstrw.32 q0,[%[y],#16]\n"
      "le lr,1b\n vstrw.32 q7,[%[y]]\n"
      : [line] "+r"(at.line), [scales] "+l"(at.scales), [x] "+r"(at.codes),
        [x_scales] "+r"(at.x_scales), [offsets] "+r"(at.offsets), [n] "+r"(groups),
        [scale] "=&r"(scale)
      : [y] "r"(y)
      : "r4", "r6", "r8", "r10", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "memory");
}

// The second line of four rows, and their floating-point part: rows that are done make room.
#define RINGLET_FINISH(step, sum) \
  RINGLET_SECOND("r4", "q0")      \
  "vldrh.u32 q0,[%[scales]]," step "\n" RINGLET_SECOND("r8", "q2")                     \
  "vcvtb.f32.f16 q0,q0\n" RINGLET_SECOND("r6", "q1")                                   \
  "vmov q1[2],q1[0],r4,r8\n vmul.f32 q0,q0,%[scale]\n" RINGLET_SECOND("r10", "q3")     \
  "vmov q1[3],q1[1],r6,r10\n vcvt.f32.s32 q1,q1\n vfma.f32 " sum ",q1,q0\n"

/// The same for INT8, whose groups have two lines.
inline void multiply_half_int8(HalfPanel& at, std::size_t groups, float* y) {
  std::uint32_t scale;
  asm volatile(
      "dls lr,%[n]\n vmov.i32 q6,#0\n vmov.i32 q7,#0\n"
      "1:\n"  // rows 0 to 3
      RINGLET_LINE
      "vldrb.u8 q4,[%[x]],#16\n ldr %[scale],[%[x_scales]],#4\n" RINGLET_BY_FOUR(RINGLET_FIRST)
          RINGLET_LINE
      "vldrb.u8 q5,[%[x]],#16\n" RINGLET_FINISH("#8", "q6") RINGLET_LINE  // rows 4 to 7
          RINGLET_BY_FOUR(RINGLET_FIRST) RINGLET_LINE "add %[line],%[line],#256\n" RINGLET_FINISH(
              "#24", "q7") "le lr,1b\n vstrw.32 q6,[%[y]]\n vstrw.32 q7,[%[y],#16]\n"
      : [line] "+r"(at.line), [scales] "+l"(at.scales), [x] "+r"(at.codes),
        [x_scales] "+r"(at.x_scales), [n] "+r"(groups), [scale] "=&r"(scale)
      : [y] "r"(y)
      : "r4", "r6", "r8", "r10", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "memory");
}

#undef RINGLET_FINISH
#undef RINGLET_SECOND
#undef RINGLET_FIRST
#undef RINGLET_HIGH
#undef RINGLET_LOW
#undef RINGLET_BY_FOUR
#undef RINGLET_TO_LANES
#undef RINGLET_LINE
#undef RINGLET_PART
// clang-format on

/// `count` consecutive panels times one vector.
template <bool int4>
[[gnu::noinline]] void multiply_panels(const std::uint8_t* line, const std::uint16_t* scales,
                                       std::size_t count, std::size_t groups,
                                       const QuantizedVector& x, float* y) {
  constexpr std::size_t bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  HalfPanel at = {line, scales, nullptr, nullptr, nullptr};
  // How far the next half is before the group after the last: a panel less a half, or a half.
  std::size_t back = groups * bytes - bytes / 2;
  const std::size_t other = back ^ (bytes / 2);
  for (const float* end = y + count * packed::panel_rows; y < end; y += packed::panel_rows / 2) {
    at.codes = x.codes;
    at.x_scales = x.scales;
    at.offsets = x.offsets;
    int4 ? multiply_half_int4(at, groups, y) : multiply_half_int8(at, groups, y);
    at.line -= back;
    at.scales -= back / (bytes / packed::panel_rows);
    back ^= other;
  }
}

/// Rows [row_begin, row_end) of a packed integer matrix: all panels for one vector; for more, all
/// pairs of vectors for a few panels.
// NOLINTNEXTLINE(misc-definitions-in-headers): the namespace has no name
void multiply_rows(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
                   std::size_t row_begin, std::size_t row_end) {
  const bool int4 = matrix.format == MatrixFormat::int4;
  const auto one_by_one = int4 ? multiply_panels<true> : multiply_panels<false>;
  const std::size_t together =
      x.tokens == 1 ? row_end - row_begin : pair_panels * packed::panel_rows;
  for (std::size_t row = row_begin; row < row_end; row += together) {
    const simd::PanelView view = simd::panel_view(matrix, row, 0);
    const std::size_t panels = packed::panels(std::min(together, row_end - row));
    QuantizedVector vectors[2];
    std::size_t waiting = 0;
#pragma clang loop unroll(disable)
    for (std::size_t t = 0; t < x.tokens; ++t) {
      vectors[waiting++] = {x.quantized.codes + t * x.code_stride,
                            x.quantized.scales + t * x.group_stride,
                            x.quantized.offsets + t * x.group_stride};
      if (with_pairs && waiting == 1 && t + 1 < x.tokens) continue;
      float* out = y + (t + 1 - waiting) * y_stride + row;
      if (waiting == 2) {
        multiply_pair(int4, view, panels, vectors, out, y_stride);
      } else {
        one_by_one(view.codes, view.scales, panels, view.groups, vectors[0], out);
      }
      waiting = 0;
    }
  }
}

/// The entry `multiply`.
void multiply(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
              std::size_t row_begin, std::size_t row_end) {
  const auto product = is_float(matrix.format) ? simd::multiply_float_rows<Vector> : multiply_rows;
  product(matrix, x, y, y_stride, row_begin, row_end);
}

}  // namespace
}  // namespace ringlet::helium

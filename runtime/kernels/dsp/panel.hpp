// Products of packed matrices and vectors with the DSP extension: four rows by one vector, or two
// by two. Vectors are widened once for all rows: `most_groups` groups of up to four at a time.
#pragma once

#include <algorithm>

#include "kernels/dsp/rows.hpp"
#include "kernels/dsp/two_tokens.hpp"
#include "kernels/dsp/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

inline constexpr std::size_t most_groups = 16;  // 1,152 bytes of stack
inline constexpr std::size_t most_tokens = 4;   // share weights that are read once

/// Groups [first, first + count) of a vector, `step` apart.
inline void widen_groups(bool int4, const QuantizedVector& x, std::size_t first, std::size_t count,
                         WideGroup* out, std::size_t step) {
  for (std::size_t g = first; g < first + count; ++g, out += step) {
    const std::int8_t* codes = x.codes + g * packed::group_size;
    int4 ? widen_int4(codes, out->pairs) : widen_int8(codes, packed::group_size, out->pairs);
    out->start = int4 ? 16 * x.offsets[g] : 0;
    out->scale = x.scales[g];
  }
}

/// Not an array: gcc would keep it in memory.
struct Sums {
  float a, b, c, d;
};

/// The floating-point part of four rows: sum = fma(float(dot), scale_w · scale_x, sum). For INT4
/// `dots` are multiples of 16, which VCVT divides.
template <bool int4>
inline Sums add_dots(const Dots& dots, const std::uint16_t* scales, float x_scale, Sums sums) {
#if __ARM_FP & 4
#define RINGLET_CONVERT(fraction)                                                                 \
  "vcvt.f32.s32 s4,s4" fraction "\n vcvt.f32.s32 s5,s5" fraction "\n vcvt.f32.s32 s6,s6" fraction \
  "\n vcvt.f32.s32 s7,s7" fraction "\n"
#define RINGLET_ADD_DOTS(fraction) \
  asm("vldmia %[scales],{s0,s1}\n vmov s4,s5,%[d0],%[d1]\n vmov s6,s7,%[d2],%[d3]\n"             \
      "vcvtt.f32.f16 s3,s1\n vcvtb.f32.f16 s2,s1\n vcvtt.f32.f16 s1,s0\n vcvtb.f32.f16 s0,s0\n" \
      RINGLET_CONVERT(fraction) "vmul.f32 s0,s0,%[x]\n vmul.f32 s1,s1,%[x]\n"                    \
      "vmul.f32 s2,s2,%[x]\n vmul.f32 s3,s3,%[x]\n vfma.f32 %[a],s4,s0\n"                        \
      "vfma.f32 %[b],s5,s1\n vfma.f32 %[c],s6,s2\n vfma.f32 %[d],s7,s3"                          \
      : [a] "+t"(sums.a), [b] "+t"(sums.b), [c] "+t"(sums.c), [d] "+t"(sums.d)               \
      : [scales] "r"(scales), [x] "t"(x_scale), [d0] "r"(dots.row[0]), [d1] "r"(dots.row[1]),    \
        [d2] "r"(dots.row[2]), [d3] "r"(dots.row[3])                                             \
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "memory")
  if constexpr (int4) {
    RINGLET_ADD_DOTS(",#4");
  } else {
    RINGLET_ADD_DOTS("");
  }
#undef RINGLET_ADD_DOTS
#undef RINGLET_CONVERT
#else
  const auto add = [&](std::size_t r, float sum) {
    const auto dot = static_cast<float>(int4 ? dots.row[r] >> 4 : dots.row[r]);
    return fused_multiply_add(dot, half(scales[r]) * x_scale, sum);
  };
  sums = {add(0, sums.a), add(1, sums.b), add(2, sums.c), add(3, sums.d)};
#endif
  return sums;
}

/// Adds the products of `count` groups of a panel to 16 sums, or sets them if these groups are the
/// first.
template <bool int4>
[[gnu::noinline]] void multiply_panel(const std::uint8_t* codes, const std::uint16_t* scales,
                                      const WideGroup* x, std::size_t count, bool first, float* y) {
  constexpr std::size_t panel_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const WideGroup* const end = x + count;
  for (std::size_t quad = 0; quad < packed::panel_rows; quad += 4, y += 4) {
    const std::uint8_t* line = codes + quad * (panel_bytes / packed::panel_rows);
    const std::uint16_t* row_scales = scales + quad;
    Sums sums = {};
    if (!first) sums = {y[0], y[1], y[2], y[3]};
    for (const WideGroup* group = x; group != end; ++group) {
      Dots dots = {};
      if constexpr (int4) {
        dots = dot_int4(line, group->pairs, group->start);
      } else {
        add_lines(dots, line, group->pairs, 2);
      }
      sums = add_dots<int4>(dots, row_scales, group->scale, sums);
      line += panel_bytes - panel_bytes / 4;
      row_scales += packed::panel_rows;
    }
    y[0] = sums.a;
    y[1] = sums.b;
    y[2] = sums.c;
    y[3] = sums.d;
  }
}

/// Whether vector i of `tokens` is multiplied together with the one before or after it.
constexpr bool has_partner(std::size_t i, std::size_t tokens) {
  return with_two_tokens && (i | 1) < tokens;
}

/// Rows [row_begin, row_end) times the vectors [t, t + tokens). Groups of two vectors that are
/// multiplied together alternate.
void multiply_tokens(const PackedMatrix& matrix, const Activations& x, std::size_t t,
                     std::size_t tokens, float* y, std::size_t y_stride, std::size_t row_begin,
                     std::size_t row_end) {
  const bool int4 = matrix.format == MatrixFormat::int4;
  const auto product = int4 ? multiply_panel<true> : multiply_panel<false>;
  const auto product_of_two = int4 ? multiply_two_tokens<true> : multiply_two_tokens<false>;
  const std::size_t panel_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  WideGroup wide[most_groups];
  const std::size_t groups = packed::groups(std::size_t{matrix.columns});
  const std::size_t most = most_groups / tokens;
  for (std::size_t g = 0; g < groups; g += most) {
    const std::size_t count = std::min(most, groups - g);
    for (std::size_t i = 0; i < tokens; ++i) {
      const QuantizedVector vector = {x.quantized.codes + (t + i) * x.code_stride,
                                      x.quantized.scales + (t + i) * x.group_stride,
                                      x.quantized.offsets + (t + i) * x.group_stride};
      const std::size_t second = has_partner(i, tokens) ? i % 2 : 0;
      widen_groups(int4, vector, g, count, wide + (i - second) * count + second,
                   has_partner(i, tokens) ? 2 : 1);
    }
    for (std::size_t row = row_begin; row < row_end; row += packed::panel_rows) {
      const std::size_t block = packed::block(row / packed::panel_rows, g, groups);
      const std::uint8_t* codes = matrix.codes + block * panel_bytes;
      const std::uint16_t* scales = matrix.scales + block * packed::panel_rows;
      for (std::size_t i = 0; i < tokens; ++i) {
        float* out = y + (t + i) * y_stride + row;
        if (has_partner(i, tokens)) {
          product_of_two(codes, scales, wide + i * count, count, g == 0, out, y_stride);
          ++i;
        } else {
          product(codes, scales, wide + i * count, count, g == 0, out);
        }
      }
    }
  }
}

/// The entry `multiply`.
void multiply(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
              std::size_t row_begin, std::size_t row_end) {
  if (is_float(matrix.format)) {
    return simd::multiply_float_rows<Vector>(matrix, x, y, y_stride, row_begin, row_end);
  }
  for (std::size_t t = 0; t < x.tokens; t += most_tokens) {
    multiply_tokens(matrix, x, t, std::min<std::size_t>(most_tokens, x.tokens - t), y, y_stride,
                    row_begin, row_end);
  }
}

}  // namespace
}  // namespace ringlet::dsp

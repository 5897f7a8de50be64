// Products of packed matrices and several vectors with SMMLA (armv8.6 i8mm): one instruction
// multiplies two rows by two tokens, eight codes deep. A single token would waste half of it and
// uses SDOT, as does the attention of this set.
//
// SMMLA needs the eight codes of a row side by side, while a register of a line holds one word of
// four rows. Zipping two words gives {row 0, row 1} and {row 2, row 3}.
#pragma once

#include <cstring>

#include "kernels/dotprod/panel.hpp"
#include "kernels/neon/vector.hpp"

namespace ringlet::i8mm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using dotprod::biased;
using dotprod::to_floats;
using simd::PanelView;

/// One group of four rows: codes 8·step … 8·step + 7 of rows 0 and 1, and of rows 2 and 3.
struct Quad {
  int8x16_t rows[2][4];
};

/// Converts two words of four rows to eight codes (or INT4 bytes) of each pair of rows.
inline void load_pairs(const std::uint8_t* line, uint8x16_t (&rows)[2]) {
  const uint32x4_t first = vreinterpretq_u32_u8(vld1q_u8(line));
  const uint32x4_t second = vreinterpretq_u32_u8(vld1q_u8(line + 16));
  rows[0] = vreinterpretq_u8_u32(vzip1q_u32(first, second));
  rows[1] = vreinterpretq_u8_u32(vzip2q_u32(first, second));
}

template <bool int4>
inline Quad load_quad(const std::uint8_t* line) {
  Quad quad;
  for (std::size_t step = 0; step < (int4 ? 2 : 4); ++step) {
    uint8x16_t bytes[2];
    load_pairs(line + step * 32, bytes);
    for (std::size_t r = 0; r < 2; ++r) {
      if constexpr (int4) {  // low nibbles are the first half of the group
        quad.rows[r][step] = vreinterpretq_s8_u8(vandq_u8(bytes[r], vdupq_n_u8(15)));
        quad.rows[r][2 + step] = vreinterpretq_s8_u8(vshrq_n_u8(bytes[r], 4));
      } else {
        quad.rows[r][step] = vreinterpretq_s8_u8(bytes[r]);
      }
    }
  }
  return quad;
}

/// {a, b, a, b}, through general registers like biased().
inline float32x4_t alternate(const float* a, const float* b) {
  std::uint32_t low;
  std::uint32_t high;
  std::memcpy(&low, a, sizeof low);
  std::memcpy(&high, b, sizeof high);
  const std::uint64_t both = low | static_cast<std::uint64_t>(high) << 32;
  float32x4_t result;
  asm volatile("dup %0.2d, %1" : "=w"(result) : "r"(both));  // NOLINT(hicpp-no-assembler)
  return result;
}

/// dots += {r0·a, r0·b, r1·a, r1·b} for both pairs of rows, over one group of tokens a and b.
inline void add_dots(int32x4_t (&dots)[2], const Quad& quad, const std::int8_t* a,
                     const std::int8_t* b) {
  for (std::size_t half = 0; half < 2; ++half) {
    const int64x2_t first = vreinterpretq_s64_s8(vld1q_s8(a + half * 16));
    const int64x2_t second = vreinterpretq_s64_s8(vld1q_s8(b + half * 16));
    const int8x16_t x[2] = {vreinterpretq_s8_s64(vzip1q_s64(first, second)),
                            vreinterpretq_s8_s64(vzip2q_s64(first, second))};
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t r = 0; r < 2; ++r) {
        dots[r] = vmmlaq_s32(dots[r], quad.rows[r][2 * half + i], x[i]);
      }
    }
  }
}

/// Four rows, from `row` on, times `2·pairs` vectors. Their sums and the codes fill the registers.
template <bool int4, std::size_t pairs>
inline void multiply_quad(const PanelView& panel, std::size_t row, const QuantizedVector* x,
                          float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  constexpr std::size_t quad_bytes = group_bytes / 4;
  const std::uint8_t* lines = panel.codes + row / 4 * quad_bytes;
  const std::uint16_t* scales = panel.scales + row;
  float32x4_t sums[2][pairs];  // for each pair of rows, in the order of the dot products
  for (auto& rows : sums) {
    for (float32x4_t& sum : rows) sum = vdupq_n_f32(0);
  }
  for (std::size_t g = 0; g < panel.groups; ++g) {
    simd::prefetch<quad_bytes>(lines, panel.prefetch_bytes);
    const Quad quad = load_quad<int4>(lines);
    const float32x4_t four = neon::Vector::load_half(scales);
    const float32x4_t row_scales[2] = {vzip1q_f32(four, four), vzip2q_f32(four, four)};
#pragma GCC unroll 8
    for (std::size_t t = 0; t < pairs; ++t) {
      const QuantizedVector& a = x[2 * t];
      const QuantizedVector& b = x[2 * t + 1];
      const std::int32_t first = int4 ? a.offsets[g] : 0;
      const std::int32_t second = int4 ? b.offsets[g] : 0;
      int32x4_t dots[2] = {biased(first, second), biased(first, second)};
      add_dots(dots, quad, a.codes + g * packed::group_size, b.codes + g * packed::group_size);
      const float32x4_t token_scales = alternate(a.scales + g, b.scales + g);
      for (std::size_t r = 0; r < 2; ++r) {
        const float32x4_t scale = vmulq_f32(row_scales[r], token_scales);
        sums[r][t] = vfmaq_f32(sums[r][t], to_floats(dots[r]), scale);
      }
    }
    lines += group_bytes;
    scales += packed::panel_rows;
  }
  for (std::size_t t = 0; t < pairs; ++t) {
    vst1q_f32(y[2 * t] + row, vuzp1q_f32(sums[0][t], sums[1][t]));
    vst1q_f32(y[2 * t + 1] + row, vuzp2q_f32(sums[0][t], sums[1][t]));
  }
}

template <bool int4, std::size_t pairs>
inline void multiply_panel(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  for (std::size_t row = 0; row < packed::panel_rows; row += 4) {
    multiply_quad<int4, pairs>(panel, row, x, y);
  }
}

/// An odd number of tokens: the last one is paired with itself, and its sums are written twice.
template <bool int4, std::size_t tokens>
inline void multiply_odd(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  QuantizedVector vectors[tokens + 1];
  float* out[tokens + 1];
  for (std::size_t t = 0; t <= tokens; ++t) {
    vectors[t] = x[t < tokens ? t : tokens - 1];
    out[t] = y[t < tokens ? t : tokens - 1];
  }
  multiply_panel<int4, (tokens + 1) / 2>(panel, vectors, out);
}

struct Panel {
  static constexpr std::size_t most_tokens = 16;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    if constexpr (tokens == 1) {
      dotprod::multiply_panel<int4, 1>(panel, x, y);
    } else if constexpr (tokens % 2 != 0) {
      multiply_odd<int4, tokens>(panel, x, y);
    } else {
      multiply_panel<int4, tokens / 2>(panel, x, y);
    }
  }
};

}  // namespace
}  // namespace ringlet::i8mm

// Packed matrices times several vectors with SMMLA (armv8.6 i8mm): one instruction multiplies two
// rows by two tokens, eight codes deep. One token alone would waste half of it and goes by SDOT,
// with which the set shares its attention too.
//
// SMMLA wants the eight codes of a row side by side, while a register of a line holds one word of
// four rows: zipping two words gives {row 0, row 1} and {row 2, row 3}.
#pragma once

#include "kernels/dotprod/panel.hpp"

namespace ringlet::i8mm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

/// Two words of four rows, as two pairs of rows with eight codes (or INT4 bytes) each.
struct RowPairs {
  uint8x16_t rows[2];
};

inline RowPairs load_pairs(const std::uint8_t* line) {
  const uint32x4_t first = vreinterpretq_u32_u8(vld1q_u8(line));
  const uint32x4_t second = vreinterpretq_u32_u8(vld1q_u8(line + 16));
  return {{vreinterpretq_u8_u32(vzip1q_u32(first, second)),
           vreinterpretq_u8_u32(vzip2q_u32(first, second))}};
}

/// Sums of a quad of rows: for each pair of rows and pair of tokens {r0·t0, r0·t1, r1·t0, r1·t1}.
template <std::size_t pairs>
using QuadDots = int32x4_t[2][pairs];

template <std::size_t pairs>
inline void add_step(int32x4_t (&dots)[pairs], uint8x16_t codes, const int8x16_t (&x)[pairs]) {
  for (std::size_t t = 0; t < pairs; ++t) {
    dots[t] = vmmlaq_s32(dots[t], vreinterpretq_s8_u8(codes), x[t]);
  }
}

/// A quad of rows times one group. x[step] holds the codes 8·step … 8·step + 7 of each token.
template <bool int4, std::size_t pairs>
inline void dot_quad(const std::uint8_t* lines, const int8x16_t (&x)[4][pairs],
                     QuadDots<pairs>& dots) {
  for (std::size_t step = 0; step < (int4 ? 2 : 4); ++step) {
    const RowPairs codes = load_pairs(lines + step * 32);
    for (std::size_t r = 0; r < 2; ++r) {
      if constexpr (int4) {  // low nibbles belong to the first half of the group
        add_step(dots[r], vandq_u8(codes.rows[r], vdupq_n_u8(15)), x[step]);
        add_step(dots[r], vshrq_n_u8(codes.rows[r], 4), x[2 + step]);
      } else {
        add_step(dots[r], codes.rows[r], x[step]);
      }
    }
  }
}

/// {a, b, a, b} of two tokens.
inline float32x4_t alternate(float a, float b) {
  const float32x2_t both = vset_lane_f32(b, vdup_n_f32(a), 1);
  return vcombine_f32(both, both);
}
inline int32x4_t alternate(std::int32_t a, std::int32_t b) {
  const int32x2_t both = vset_lane_s32(b, vdup_n_s32(a), 1);
  return vcombine_s32(both, both);
}

/// One group of activations of `2·pairs` tokens.
template <std::size_t pairs>
struct Group {
  int8x16_t codes[4][pairs];
  float32x4_t scales[pairs];
  int32x4_t offsets[pairs];

  Group(const QuantizedVector* x, std::size_t g) {
    for (std::size_t t = 0; t < pairs; ++t) {
      const QuantizedVector& a = x[2 * t];
      const QuantizedVector& b = x[2 * t + 1];
      for (std::size_t half = 0; half < 2; ++half) {
        const std::size_t at = g * packed::group_size + half * 16;
        const int64x2_t first = vreinterpretq_s64_s8(vld1q_s8(a.codes + at));
        const int64x2_t second = vreinterpretq_s64_s8(vld1q_s8(b.codes + at));
        codes[2 * half][t] = vreinterpretq_s8_s64(vzip1q_s64(first, second));
        codes[2 * half + 1][t] = vreinterpretq_s8_s64(vzip2q_s64(first, second));
      }
      scales[t] = alternate(a.scales[g], b.scales[g]);
      offsets[t] = alternate(a.offsets[g], b.offsets[g]);
    }
  }
};

/// Half a panel, eight rows from `row` on, times `2·pairs` vectors.
template <bool int4, std::size_t pairs>
inline void multiply_half(const PanelView& panel, std::size_t row, const QuantizedVector* x,
                          float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  constexpr std::size_t quad_bytes = group_bytes / 4;
  const std::uint8_t* lines = panel.codes + row / 4 * quad_bytes;
  const std::uint16_t* scales = panel.scales + row;
  float32x4_t sums[2][2][pairs];  // quad, pair of rows, pair of tokens
  for (auto& quad : sums) {
    for (auto& rows : quad) {
      for (float32x4_t& sum : rows) sum = vdupq_n_f32(0);
    }
  }
  for (std::size_t g = 0; g < panel.groups; ++g) {
    simd::prefetch<group_bytes / 2>(lines, panel.prefetch_bytes);
    const Group<pairs> group(x, g);
    for (std::size_t q = 0; q < 2; ++q) {
      QuadDots<pairs> dots;
      for (std::size_t t = 0; t < pairs; ++t) {
        dots[0][t] = dots[1][t] = int4 ? group.offsets[t] : vdupq_n_s32(0);
      }
      dot_quad<int4, pairs>(lines + q * quad_bytes, group.codes, dots);
      const float32x4_t four = neon::Vector::load_half(scales + 4 * q);
      const float32x4_t row_scales[2] = {vzip1q_f32(four, four), vzip2q_f32(four, four)};
      for (std::size_t r = 0; r < 2; ++r) {
        for (std::size_t t = 0; t < pairs; ++t) {
          const float32x4_t scale = vmulq_f32(row_scales[r], group.scales[t]);
          sums[q][r][t] = vfmaq_f32(sums[q][r][t], vcvtq_f32_s32(dots[r][t]), scale);
        }
      }
    }
    lines += group_bytes;
    scales += packed::panel_rows;
  }
  for (std::size_t q = 0; q < 2; ++q) {
    for (std::size_t t = 0; t < pairs; ++t) {
      const float32x4_t even = vuzp1q_f32(sums[q][0][t], sums[q][1][t]);
      const float32x4_t odd = vuzp2q_f32(sums[q][0][t], sums[q][1][t]);
      vst1q_f32(y[2 * t] + row + 4 * q, even);
      vst1q_f32(y[2 * t + 1] + row + 4 * q, odd);
    }
  }
}

template <bool int4, std::size_t tokens>
inline void multiply_panel(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  static_assert(tokens % 2 == 0);
  multiply_half<int4, tokens / 2>(panel, 0, x, y);
  multiply_half<int4, tokens / 2>(panel, 8, x, y);
}

struct Panel {
  static constexpr std::size_t most_tokens = 4;

  template <std::size_t tokens>
  static void int4(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    if constexpr (tokens == 1) {
      dotprod::Panel::int4<1>(panel, x, y);
    } else {
      multiply_panel<true, tokens>(panel, x, y);
    }
  }
  template <std::size_t tokens>
  static void int8(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    if constexpr (tokens == 1) {
      dotprod::Panel::int8<1>(panel, x, y);
    } else {
      multiply_panel<false, tokens>(panel, x, y);
    }
  }
};

}  // namespace
}  // namespace ringlet::i8mm

// Packed matrices times vectors with SDOT (armv8.2 dotprod): a register of codes is the same word
// of four rows, and the word of activations it meets is a lane of a register. Up to four tokens
// share what was loaded and unpacked; with more than one, four rows (INT4) or eight (INT8) at a
// time fit the registers.
#pragma once

#include "kernels/neon/lines.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

/// sum += the words in `codes` times word `word` of `x`.
template <int word>
inline void add_dots(int32x4_t& sum, int8x16_t codes, int8x16_t x) {
  sum = vdotq_laneq_s32(sum, codes, x, word);
}

/// One group of activations of one token.
struct Group {
  int8x16_t first;   // codes 0–15
  int8x16_t second;  // codes 16–31
};

/// Word `word` of every quad of rows, INT4: low nibbles belong to the first half of the group.
template <int word, std::size_t quads, std::size_t tokens>
inline void step_int4(const std::uint8_t* lines, const Group (&x)[tokens],
                      int32x4_t (&sums)[quads][tokens]) {
  int8x16_t low[quads];
  int8x16_t high[quads];
  for (std::size_t q = 0; q < quads; ++q) {
    const uint8x16_t bytes = vld1q_u8(lines + q * 64 + word * 16);
    low[q] = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
    high[q] = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t q = 0; q < quads; ++q) add_dots<word>(sums[q][t], low[q], x[t].first);
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t q = 0; q < quads; ++q) add_dots<word>(sums[q][t], high[q], x[t].second);
  }
}

/// Word `word` of either half of the group, INT8.
template <int word, std::size_t quads, std::size_t tokens>
inline void step_int8(const std::uint8_t* lines, const Group (&x)[tokens],
                      int32x4_t (&sums)[quads][tokens]) {
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t q = 0; q < quads; ++q) {
      const int8x16_t codes = neon::load_codes(lines + q * 128 + half * 64 + word * 16);
      for (std::size_t t = 0; t < tokens; ++t) {
        add_dots<word>(sums[q][t], codes, half == 0 ? x[t].first : x[t].second);
      }
    }
  }
}

/// `quads` quads of rows from `row` on, times `tokens` vectors.
template <bool int4, std::size_t quads, std::size_t tokens>
inline void multiply_rows(const PanelView& panel, std::size_t row, const QuantizedVector* x,
                          float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::uint8_t* lines = panel.codes + row * (group_bytes / packed::panel_rows);
  const std::uint16_t* scales = panel.scales + row;
  float32x4_t sums[quads][tokens];
  for (auto& quad : sums) {
    for (float32x4_t& sum : quad) sum = vdupq_n_f32(0);
  }
  for (std::size_t g = 0; g < panel.groups; ++g) {
    simd::prefetch<group_bytes * quads / 4>(lines, panel.prefetch_bytes);
    Group groups[tokens];
    int32x4_t dots[quads][tokens];
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::int8_t* codes = x[t].codes + g * packed::group_size;
      groups[t] = {vld1q_s8(codes), vld1q_s8(codes + 16)};
      const int32x4_t start = int4 ? vld1q_dup_s32(x[t].offsets + g) : vdupq_n_s32(0);
      for (std::size_t q = 0; q < quads; ++q) dots[q][t] = start;
    }
    if constexpr (int4) {
      step_int4<0>(lines, groups, dots);
      step_int4<1>(lines, groups, dots);
      step_int4<2>(lines, groups, dots);
      step_int4<3>(lines, groups, dots);
    } else {
      step_int8<0>(lines, groups, dots);
      step_int8<1>(lines, groups, dots);
      step_int8<2>(lines, groups, dots);
      step_int8<3>(lines, groups, dots);
    }
    for (std::size_t q = 0; q < quads; ++q) {
      const float32x4_t row_scales = neon::Vector::load_half(scales + 4 * q);
      for (std::size_t t = 0; t < tokens; ++t) {
        const float32x4_t scale = vmulq_f32(row_scales, vld1q_dup_f32(x[t].scales + g));
        sums[q][t] = vfmaq_f32(sums[q][t], vcvtq_f32_s32(dots[q][t]), scale);
      }
    }
    lines += group_bytes;
    scales += packed::panel_rows;
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t q = 0; q < quads; ++q) vst1q_f32(y[t] + row + 4 * q, sums[q][t]);
  }
}

template <bool int4, std::size_t tokens>
inline void multiply_panel(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  if constexpr (tokens == 1) {
    multiply_rows<int4, 4, 1>(panel, 0, x, y);
  } else {
    constexpr std::size_t quads = int4 ? 1 : 2;
    for (std::size_t row = 0; row < packed::panel_rows; row += 4 * quads) {
      multiply_rows<int4, quads, tokens>(panel, row, x, y);
    }
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 4;

  template <std::size_t tokens>
  static void int4(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<true, tokens>(panel, x, y);
  }
  template <std::size_t tokens>
  static void int8(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<false, tokens>(panel, x, y);
  }
};

}  // namespace
}  // namespace ringlet::dotprod

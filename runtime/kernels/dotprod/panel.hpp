// Products of packed matrices and vectors with SDOT (armv8.2 dotprod). A register of codes is the
// same word of four rows, and its word of activations is a lane of another register. Up to sixteen
// tokens share the loaded and unpacked weights. With more than one token, four rows at a time fit
// into the registers.
#pragma once

#include "kernels/dotprod/biased.hpp"
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

/// One group of four rows. Word j contains columns 4j to 4j + 3, with INT4 as codes plus 8.
struct Quad {
  int8x16_t word[8];
};

template <bool int4>
inline Quad load_quad(const std::uint8_t* line) {
  Quad quad;
  for (std::size_t j = 0; j < 4; ++j) {
    if constexpr (int4) {
      const uint8x16_t bytes = vld1q_u8(line + j * 16);
      quad.word[j] = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
      quad.word[4 + j] = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
    } else {
      quad.word[j] = neon::load_codes(line + j * 16);
      quad.word[4 + j] = neon::load_codes(line + 64 + j * 16);
    }
  }
  return quad;
}

/// start + four rows times one group of activations.
inline int32x4_t dot(int32x4_t start, const Quad& quad, const std::int8_t* x) {
  const int8x16_t first = vld1q_s8(x);
  const int8x16_t second = vld1q_s8(x + 16);
  add_dots<0>(start, quad.word[0], first);
  add_dots<1>(start, quad.word[1], first);
  add_dots<2>(start, quad.word[2], first);
  add_dots<3>(start, quad.word[3], first);
  add_dots<0>(start, quad.word[4], second);
  add_dots<1>(start, quad.word[5], second);
  add_dots<2>(start, quad.word[6], second);
  add_dots<3>(start, quad.word[7], second);
  return start;
}

/// Multiplies `quads` quads of rows, from `row` on, by `tokens` vectors. A single token reads the
/// lines in memory order. Several tokens process four rows at a time, whose codes and sums fill the
/// registers.
template <bool int4, std::size_t quads, std::size_t tokens>
inline void multiply_rows(const PanelView& panel, std::size_t row, const QuantizedVector* x,
                          float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  constexpr std::size_t quad_bytes = group_bytes / 4;
  const std::uint8_t* lines = panel.codes + row / 4 * quad_bytes;
  const std::uint16_t* scales = panel.scales + row;
  float32x4_t sums[quads][tokens];
  for (auto& quad : sums) {
    for (float32x4_t& sum : quad) sum = vdupq_n_f32(0);
  }
  for (std::size_t g = 0; g < panel.groups; ++g) {
    simd::prefetch<quad_bytes * quads>(lines, panel.prefetch_bytes);
    for (std::size_t q = 0; q < quads; ++q) {
      const Quad codes = load_quad<int4>(lines + q * quad_bytes);
      const float32x4_t row_scales = neon::Vector::load_half(scales + 4 * q);
#pragma GCC unroll 16
      for (std::size_t t = 0; t < tokens; ++t) {
        const int32x4_t start = biased(int4 ? x[t].offsets[g] : 0);
        const int32x4_t dots = dot(start, codes, x[t].codes + g * packed::group_size);
        const float32x4_t scale = vmulq_n_f32(row_scales, x[t].scales[g]);
        sums[q][t] = vfmaq_f32(sums[q][t], to_floats(dots), scale);
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
  constexpr std::size_t quads = tokens == 1 ? 4 : 1;
  for (std::size_t row = 0; row < packed::panel_rows; row += 4 * quads) {
    multiply_rows<int4, quads, tokens>(panel, row, x, y);
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 16;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<int4, tokens>(panel, x, y);
  }
};

}  // namespace
}  // namespace ringlet::dotprod

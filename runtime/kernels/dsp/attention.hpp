// Scores and values of INT8 cache pages with the DSP extension. Queries and weights are widened to
// pairs once for a page.
#pragma once

#include "kernels/dsp/rows.hpp"
#include "kernels/dsp/vector.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// The entry `score_int8`. Rows are four positions.
void score_int8(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride) {
  const std::size_t lines = (head_dim + 15) / 16;
  Pair wide[page::largest_head_dim / 2];
  for (std::size_t h = 0; h < heads; ++h) {
    widen_int8(queries + h * page::query_stride(head_dim), 16 * lines, wide);
    const std::uint8_t* keys = page.keys;
    float* row = scores + h * score_stride;
    for (std::size_t j = 0; j < page::positions; j += 4) {
      Dots dots = {};
      add_lines(dots, keys, wide, lines);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < 4; ++r) {
        const float scale = half(page.key_scales[j + r]) * query_scales[h];
        row[j + r] = static_cast<float>(dots.row[r]) * scale;
      }
    }
  }
}

/// Quantizes weights times value scales to 15 bits, as pairs. Returns their unit, or zero if the
/// page adds nothing.
inline float widen_weights(const float* weights, const std::uint16_t* scales, Pair* pairs) {
  float scaled[page::positions];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < page::positions; ++j) scaled[j] = weights[j] * half(scales[j]);
  const float maximum = Vector::absolute_maximum(scaled, page::positions);
  if (!(maximum >= smallest_group_maximum)) return 0;
  const float inverse = scalar::weight_levels / maximum;
  // The lower half of the bits is the level modulo 2^16.
  const auto level = [&](std::size_t j) {
    return std::bit_cast<std::uint32_t>(scaled[j] * inverse + rounding_magic);
  };
  for (std::size_t j = 0; j < page::positions; j += 4, pairs += 2) {
    pairs[0] = (level(j) & 0xFFFF) | level(j + 2) << 16;
    pairs[1] = (level(j + 1) & 0xFFFF) | level(j + 3) << 16;
  }
  return maximum / scalar::weight_levels;
}

/// The entry `accumulate_int8`. Rows are four dimensions, of two lines each; head_dim is a multiple
/// of eight.
void accumulate_int8(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out) {
  for (std::size_t h = 0; h < heads; ++h, out += head_dim) {
    Pair wide[page::positions / 2];
    const float unit = widen_weights(weights + h * weight_stride, page.value_scales, wide);
    if (unit == 0.0F) continue;
    const std::uint8_t* lines = page.values;
    for (std::size_t i = 0; i < head_dim; i += 4) {
      Dots dots = {};
      add_lines(dots, lines, wide, 2);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < 4; ++r) {
        out[i + r] = fused_multiply_add(static_cast<float>(dots.row[r]), unit, out[i + r]);
      }
    }
  }
}

}  // namespace
}  // namespace ringlet::dsp

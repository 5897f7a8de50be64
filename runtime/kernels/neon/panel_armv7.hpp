// Products of packed matrices and vectors for NEON on armv7, one quad of rows at a time, which
// fills the registers. The floating-point part of a quad is computed during the next one, so that
// an in-order core does not wait for it.
#pragma once

#include "kernels/neon/lines.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Eight words: a group of 32 codes. `codes` is aligned to 4.
struct Words {
  Word word[8];
};

inline Words load_words(const std::int8_t* codes) {
  Words words;
  for (std::size_t i = 0; i < 8; ++i) words.word[i] = load_word(codes + 4 * i);
  return words;
}

inline int8x16_t low_codes(uint8x16_t bytes) {
  return vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
}
inline int8x16_t high_codes(uint8x16_t bytes) { return vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4)); }

/// Two lanes for each of four rows.
inline int16x8_t pair_lanes(const Products& products) {
  return vcombine_s16(vpadd_s16(vget_low_s16(products.rows01), vget_high_s16(products.rows01)),
                      vpadd_s16(vget_low_s16(products.rows23), vget_high_s16(products.rows23)));
}

/// A quad of rows times one INT4 group, in one lane per row.
inline int32x4_t dot_int4(const std::uint8_t* line, const Words& x, int32x4_t offset) {
  Products products;
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const uint8x16_t bytes = vld1q_u8(line + 16 * j);
    if (j == 0) {
      products = multiply(low_codes(bytes), x.word[0]);
    } else {
      add_products(products, low_codes(bytes), x.word[j]);
    }
    add_products(products, high_codes(bytes), x.word[4 + j]);
  }
  return vpadalq_s16(offset, pair_lanes(products));
}

/// A quad of rows times one INT8 group.
inline int32x4_t dot_int8(const std::uint8_t* lines, const Words& x) {
  WideSums sums;
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 8; j += 2) {
    const std::uint8_t* line = lines + 16 * j;
    add_word_pair(sums, load_codes(line), load_codes(line + 16), x.word[j], x.word[j + 1]);
  }
  return reduce(sums);
}

template <bool int4>
inline void multiply_panel(const simd::PanelView& panel, const QuantizedVector& x, float* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::uint8_t* codes = panel.codes;
  const std::uint16_t* scales = panel.scales;
  float32x4_t sum[4];
  for (float32x4_t& s : sum) s = vdupq_n_f32(0);
  int32x4_t late = vdupq_n_s32(0);  // of the previous quad; at first adds exactly zero
  float32x4_t late_scale = vdupq_n_f32(0);
  for (std::size_t g = 0; g < panel.groups; ++g) {
    simd::prefetch<group_bytes>(codes, panel.prefetch_bytes);
    const Words words = load_words(x.codes + g * packed::group_size);
    const float32x4_t x_scale = vld1q_dup_f32(x.scales + g);
#pragma GCC unroll 4
    for (std::size_t quad = 0; quad < 4; ++quad) {
      const std::uint8_t* lines = codes + quad * (group_bytes / 4);
      int32x4_t dots;
      if constexpr (int4) {
        dots = dot_int4(lines, words, vld1q_dup_s32(x.offsets + g));
      } else {
        dots = dot_int8(lines, words);
      }
      const std::size_t before = (quad + 3) % 4;
      sum[before] = vfmaq_f32(sum[before], vcvtq_f32_s32(late), late_scale);
      late = dots;
      late_scale = vmulq_f32(Vector::load_half(scales + 4 * quad), x_scale);
    }
    codes += group_bytes;
    scales += packed::panel_rows;
  }
  sum[3] = vfmaq_f32(sum[3], vcvtq_f32_s32(late), late_scale);
  for (std::size_t quad = 0; quad < 4; ++quad) vst1q_f32(y + 4 * quad, sum[quad]);
}

inline void multiply_int4(const simd::PanelView& panel, const QuantizedVector& x, float* y) {
  multiply_panel<true>(panel, x, y);
}
inline void multiply_int8(const simd::PanelView& panel, const QuantizedVector& x, float* y) {
  multiply_panel<false>(panel, x, y);
}

}  // namespace
}  // namespace ringlet::neon

// Integer dot products over INT8 and INT4 cache pages for baseline NEON. The contracts are in
// simd/attention.hpp and simd/int4_pages.hpp.
#pragma once

#include "kernels/neon/lines.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 2;

  /// Lanes are four positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t query_stride,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 4) {
      WideSums sums[heads];
      for (std::size_t l = 0; l < lines; ++l, keys += 64) {
        const int8x16_t codes[4] = {load_codes(keys), load_codes(keys + 16), load_codes(keys + 32),
                                    load_codes(keys + 48)};
        for (std::size_t h = 0; h < heads; ++h) {
          const std::int8_t* query = queries + h * query_stride + l * 16;
          add_word_pair(sums[h], codes[0], codes[1], load_word(query), load_word(query + 4));
          add_word_pair(sums[h], codes[2], codes[3], load_word(query + 8), load_word(query + 12));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) vst1q_s32(dots[h] + j, reduce(sums[h]));
    }
  }

  /// Lanes are four dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; ++q) {
      WideSums high[heads];
      WideSums low[heads];
      for (std::size_t j = 0; j < page::positions; j += 8, lines += 32) {
        const int8x16_t first = load_codes(lines);
        const int8x16_t second = load_codes(lines + 16);
        for (std::size_t h = 0; h < heads; ++h) {
          const std::int8_t* planes[2] = {weights[h].high + j, weights[h].low + j};
          add_word_pair(high[h], first, second, load_word(planes[0]), load_word(planes[0] + 4));
          add_word_pair(low[h], first, second, load_word(planes[1]), load_word(planes[1] + 4));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        const int32x4_t sum = vaddq_s32(vshlq_n_s32(reduce(high[h]), 7), reduce(low[h]));
        vst1q_s32(sums[h] + q * 4, sum);
      }
    }
  }

  // INT4 codes are below 16: eight products fit into int16, and so does the sum of two such lanes.
  static_assert(2 * 8 * 15 * 127 <= INT16_MAX);

  /// One INT4 line (four rows × 32 columns) times 32 codes, in one lane per row.
  static int32x4_t dot_line_int4(const std::uint8_t* line, const std::int8_t* x, int32x4_t start) {
    Products sum{vdupq_n_s16(0), vdupq_n_s16(0)};
    for (std::size_t i = 0; i < 4; ++i) {
      const uint8x16_t bytes = vld1q_u8(line + 16 * i);
      const uint8x16_t low = vandq_u8(bytes, vdupq_n_u8(15));
      add_products(sum, vreinterpretq_s8_u8(low), load_word(x + 4 * i));
      add_products(sum, vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4)), load_word(x + 16 + 4 * i));
    }
    const WideSums wide{vpaddlq_s16(sum.rows01), vpaddlq_s16(sum.rows23)};
    return vaddq_s32(start, reduce(wide));
  }

  /// Lanes are four positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t query_stride,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 4, keys += quad_stride) {
      for (std::size_t h = 0; h < heads; ++h) {
        const int32x4_t start = vdupq_n_s32(starts[h]);
        vst1q_s32(dots[h] + j, dot_line_int4(keys, queries + h * query_stride, start));
      }
    }
  }

  /// Lanes are four dimensions.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    const int32x4_t zero = vdupq_n_s32(0);
    for (std::size_t q = 0; q < quads; ++q, lines += 64) {
      for (std::size_t h = 0; h < heads; ++h) {
        const int32x4_t high = dot_line_int4(lines, weights[h].high, zero);
        const int32x4_t low = dot_line_int4(lines, weights[h].low, vdupq_n_s32(starts[h]));
        vst1q_s32(sums[h] + q * 4, vaddq_s32(vshlq_n_s32(high, 7), low));
      }
    }
  }
};

}  // namespace
}  // namespace ringlet::neon

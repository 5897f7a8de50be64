// Integer dot products over INT8 and INT4 cache pages with SDOT. The contracts are in
// simd/attention.hpp and simd/int4_pages.hpp.
#pragma once

#include "kernels/neon/lines.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// sum + the four words of a line, for four rows each, times sixteen codes.
inline int32x4_t add_line(int32x4_t sum, const int8x16_t (&line)[4], int8x16_t x) {
  sum = vdotq_laneq_s32(sum, line[0], x, 0);
  sum = vdotq_laneq_s32(sum, line[1], x, 1);
  sum = vdotq_laneq_s32(sum, line[2], x, 2);
  return vdotq_laneq_s32(sum, line[3], x, 3);
}

/// The codes 0…15 of an INT4 line: the low nibbles, then the high ones.
struct Nibbles {
  explicit Nibbles(const std::uint8_t* line) {
    for (std::size_t i = 0; i < 4; ++i) {
      const uint8x16_t bytes = vld1q_u8(line + 16 * i);
      low[i] = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
      high[i] = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
    }
  }
  int8x16_t low[4];
  int8x16_t high[4];
};

struct PageDots {
  static constexpr std::size_t most_heads = 3;

  /// Lanes are four positions. Two quads of positions are processed together, so that even a single
  /// head has two dependency chains.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t query_stride,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 8, keys += 2 * 64 * lines) {
      int32x4_t sums[2][heads];
      for (std::size_t h = 0; h < heads; ++h) sums[0][h] = sums[1][h] = vdupq_n_s32(0);
      for (std::size_t l = 0; l < lines; ++l) {
        for (std::size_t quad = 0; quad < 2; ++quad) {
          const std::uint8_t* p = keys + (quad * lines + l) * 64;
          const int8x16_t line[4] = {neon::load_codes(p), neon::load_codes(p + 16),
                                     neon::load_codes(p + 32), neon::load_codes(p + 48)};
          for (std::size_t h = 0; h < heads; ++h) {
            sums[quad][h] =
                add_line(sums[quad][h], line, vld1q_s8(queries + h * query_stride + l * 16));
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        vst1q_s32(dots[h] + j, sums[0][h]);
        vst1q_s32(dots[h] + j + 4, sums[1][h]);
      }
    }
  }

  /// Lanes are four dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; ++q) {
      int32x4_t high[heads];
      int32x4_t low[heads];
      for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = vdupq_n_s32(0);
      for (std::size_t j = 0; j < page::positions; j += 16, lines += 64) {
        const int8x16_t line[4] = {neon::load_codes(lines), neon::load_codes(lines + 16),
                                   neon::load_codes(lines + 32), neon::load_codes(lines + 48)};
        for (std::size_t h = 0; h < heads; ++h) {
          high[h] = add_line(high[h], line, vld1q_s8(weights[h].high + j));
          low[h] = add_line(low[h], line, vld1q_s8(weights[h].low + j));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        vst1q_s32(sums[h] + q * 4, vaddq_s32(vshlq_n_s32(high[h], 7), low[h]));
      }
    }
  }

  /// Lanes are four positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t query_stride,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 4, keys += quad_stride) {
      const Nibbles line(keys);
      for (std::size_t h = 0; h < heads; ++h) {
        const std::int8_t* query = queries + h * query_stride;
        const int32x4_t sum = add_line(vdupq_n_s32(starts[h]), line.low, vld1q_s8(query));
        vst1q_s32(dots[h] + j, add_line(sum, line.high, vld1q_s8(query + 16)));
      }
    }
  }

  /// Lanes are four dimensions.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; ++q, lines += 64) {
      const Nibbles line(lines);
      for (std::size_t h = 0; h < heads; ++h) {
        const simd::WeightPlanes& plane = weights[h];
        int32x4_t high = add_line(vdupq_n_s32(0), line.low, vld1q_s8(plane.high));
        int32x4_t low = add_line(vdupq_n_s32(starts[h]), line.low, vld1q_s8(plane.low));
        high = add_line(high, line.high, vld1q_s8(plane.high + 16));
        low = add_line(low, line.high, vld1q_s8(plane.low + 16));
        vst1q_s32(sums[h] + q * 4, vaddq_s32(vshlq_n_s32(high, 7), low));
      }
    }
  }
};

}  // namespace
}  // namespace ringlet::dotprod

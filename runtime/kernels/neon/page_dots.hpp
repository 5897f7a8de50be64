// Integer dot products over INT8 cache pages for baseline NEON. Contract: simd/attention.hpp.
#pragma once

#include "kernels/neon/lines.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 2;

  /// Lanes are four positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t lines,
                   std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 4) {
      WideSums sums[heads];
      for (std::size_t l = 0; l < lines; ++l, keys += 64) {
        const int8x16_t codes[4] = {load_codes(keys), load_codes(keys + 16), load_codes(keys + 32),
                                    load_codes(keys + 48)};
        for (std::size_t h = 0; h < heads; ++h) {
          const std::int8_t* query = queries + (h * lines + l) * 16;
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
};

}  // namespace
}  // namespace ringlet::neon

// Integer dot products over INT8 cache pages for AVX-512 with VNNI. Contract: simd/attention.hpp.
#pragma once

#include "kernels/avx512/lines.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 3;

  /// −128·Σ codes in every lane, where a sum over keys that were made unsigned begins.
  static __m512i key_start(const std::int8_t* query, std::size_t lines) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < lines * 16; ++i) sum += query[i];
    return _mm512_set1_epi32(-128 * sum);
  }

  /// Lanes are sixteen positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t lines,
                   std::int32_t (*dots)[page::positions]) {
    __m512i starts[heads];
    for (std::size_t h = 0; h < heads; ++h) starts[h] = key_start(queries + h * lines * 16, lines);
    for (std::size_t j = 0; j < page::positions; j += 16) {
      __m512i sums[heads];
      for (std::size_t h = 0; h < heads; ++h) sums[h] = starts[h];
      for (std::size_t l = 0; l < lines; ++l) {
        const Words words = load_words(keys + (j / 4 * lines + l) * 64, lines * 64);
#pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w) {
          const __m512i key = to_unsigned(words.word[w]);
          for (std::size_t h = 0; h < heads; ++h) {
            const std::int8_t* query = queries + (h * lines + l) * 16 + w * 4;
            sums[h] = _mm512_dpbusd_epi32(sums[h], key, broadcast_word(query));
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) _mm512_storeu_si512(dots[h] + j, sums[h]);
    }
  }

  /// Lanes are sixteen dimensions; the weights are the unsigned side.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    __m512i high[heads];
    __m512i low[heads];
    for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = _mm512_setzero_si512();
    for (std::size_t half = 0; half < 2; ++half) {
      const Words words = load_words(lines + half * 64, 128, quads);
#pragma GCC unroll 4
      for (std::size_t w = 0; w < 4; ++w) {
        const std::size_t at = half * 16 + w * 4;
        for (std::size_t h = 0; h < heads; ++h) {
          high[h] =
              _mm512_dpbusd_epi32(high[h], broadcast_word(weights[h].high + at), words.word[w]);
          low[h] = _mm512_dpbusd_epi32(low[h], broadcast_word(weights[h].low + at), words.word[w]);
        }
      }
    }
    for (std::size_t h = 0; h < heads; ++h) {
      _mm512_storeu_si512(sums[h], _mm512_add_epi32(_mm512_slli_epi32(high[h], 7), low[h]));
    }
  }
};

}  // namespace
}  // namespace ringlet::avx512

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
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t query_stride,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    __m512i starts[heads];
    for (std::size_t h = 0; h < heads; ++h)
      starts[h] = key_start(queries + h * query_stride, lines);
    for (std::size_t j = 0; j < page::positions; j += 16) {
      __m512i sums[heads];
      for (std::size_t h = 0; h < heads; ++h) sums[h] = starts[h];
      for (std::size_t l = 0; l < lines; ++l) {
        const Words words = load_words(keys + (j / 4 * lines + l) * 64, lines * 64);
#pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w) {
          const __m512i key = to_unsigned(words.word[w]);
          for (std::size_t h = 0; h < heads; ++h) {
            const std::int8_t* query = queries + h * query_stride + l * 16 + w * 4;
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

  /// Lanes are sixteen positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t query_stride,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    const __m512i mask = _mm512_set1_epi8(15);
    for (std::size_t j = 0; j < page::positions; j += 16) {
      const Words words = load_words(keys + j / 4 * quad_stride, quad_stride);
      __m512i sums[heads];
      for (std::size_t h = 0; h < heads; ++h) sums[h] = _mm512_set1_epi32(starts[h]);
#pragma GCC unroll 4
      for (std::size_t w = 0; w < 4; ++w) {
        const __m512i low = _mm512_and_si512(words.word[w], mask);
        const __m512i high = _mm512_and_si512(_mm512_srli_epi16(words.word[w], 4), mask);
        for (std::size_t h = 0; h < heads; ++h) {
          const std::int8_t* query = queries + h * query_stride + w * 4;
          sums[h] = _mm512_dpbusd_epi32(sums[h], low, broadcast_word(query));
          sums[h] = _mm512_dpbusd_epi32(sums[h], high, broadcast_word(query + 16));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) _mm512_storeu_si512(dots[h] + j, sums[h]);
    }
  }

  /// Lanes are sixteen dimensions; the codes are the unsigned side.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    const __m512i mask = _mm512_set1_epi8(15);
    const Words words = load_words(lines, 64, quads);
    __m512i high[heads];
    __m512i low[heads];
    for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (std::size_t w = 0; w < 4; ++w) {
      const __m512i early = _mm512_and_si512(words.word[w], mask);
      const __m512i late = _mm512_and_si512(_mm512_srli_epi16(words.word[w], 4), mask);
      for (std::size_t h = 0; h < heads; ++h) {
        const simd::WeightPlanes& plane = weights[h];
        high[h] = _mm512_dpbusd_epi32(high[h], early, broadcast_word(plane.high + w * 4));
        high[h] = _mm512_dpbusd_epi32(high[h], late, broadcast_word(plane.high + 16 + w * 4));
        low[h] = _mm512_dpbusd_epi32(low[h], early, broadcast_word(plane.low + w * 4));
        low[h] = _mm512_dpbusd_epi32(low[h], late, broadcast_word(plane.low + 16 + w * 4));
      }
    }
    for (std::size_t h = 0; h < heads; ++h) {
      _mm512_storeu_si512(sums[h], _mm512_add_epi32(_mm512_slli_epi32(high[h], 7), low[h]));
    }
  }
};

}  // namespace
}  // namespace ringlet::avx512

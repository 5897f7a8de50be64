// Integer dot products over INT8 cache pages for AVX2. Contract: simd/attention.hpp.
#pragma once

#include "kernels/avx2/lines.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::avx2 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 3;

  /// Lanes are eight positions, two lines of keys deep.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t query_stride,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 8) {
      __m256i sums[heads];
      for (__m256i& sum : sums) sum = _mm256_setzero_si256();
      const std::uint8_t* first = keys + j / 4 * lines * 64;
      for (std::size_t l = 0; l < lines; ++l) {
        const Words words = load_words(first + l * 64, first + (lines + l) * 64);
#pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w) {
          const __m256i magnitude = _mm256_abs_epi8(words.word[w]);
          for (std::size_t h = 0; h < heads; ++h) {
            const __m256i query = broadcast_word(queries + h * query_stride + l * 16 + w * 4);
            sums[h] = add_dots(sums[h], magnitude, _mm256_sign_epi8(query, words.word[w]));
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(dots[h] + j), sums[h]);
      }
    }
  }

  /// Lanes are eight positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t query_stride,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    const __m256i mask = _mm256_set1_epi8(15);
    for (std::size_t j = 0; j < page::positions; j += 8) {
      const std::uint8_t* first = keys + j / 4 * quad_stride;
      const Words words = load_words(first, first + quad_stride);
      __m256i sums[heads];
      for (std::size_t h = 0; h < heads; ++h) sums[h] = _mm256_set1_epi32(starts[h]);
#pragma GCC unroll 4
      for (std::size_t w = 0; w < 4; ++w) {
        const __m256i low = _mm256_and_si256(words.word[w], mask);
        const __m256i high = _mm256_and_si256(_mm256_srli_epi16(words.word[w], 4), mask);
        for (std::size_t h = 0; h < heads; ++h) {
          const std::int8_t* query = queries + h * query_stride + w * 4;
          sums[h] = add_dots(sums[h], low, broadcast_word(query));
          sums[h] = add_dots(sums[h], high, broadcast_word(query + 16));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(dots[h] + j), sums[h]);
      }
    }
  }

  /// Lanes are eight dimensions. Where only one quad is left it is read twice.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    const __m256i mask = _mm256_set1_epi8(15);
    for (std::size_t q = 0; q < quads; q += 2) {
      const std::uint8_t* first = lines + q * 64;
      const Words words = load_words(first, q + 1 < quads ? first + 64 : first);
      __m256i high[heads];
      __m256i low[heads];
      for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = _mm256_setzero_si256();
#pragma GCC unroll 4
      for (std::size_t w = 0; w < 4; ++w) {
        const __m256i early = _mm256_and_si256(words.word[w], mask);
        const __m256i late = _mm256_and_si256(_mm256_srli_epi16(words.word[w], 4), mask);
        for (std::size_t h = 0; h < heads; ++h) {
          const simd::WeightPlanes& plane = weights[h];
          high[h] = add_dots(high[h], early, broadcast_word(plane.high + w * 4));
          high[h] = add_dots(high[h], late, broadcast_word(plane.high + 16 + w * 4));
          low[h] = add_dots(low[h], early, broadcast_word(plane.low + w * 4));
          low[h] = add_dots(low[h], late, broadcast_word(plane.low + 16 + w * 4));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        const __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high[h], 7), low[h]);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums[h] + q * 4), sum);
      }
    }
  }

  /// Lanes are eight dimensions. Where only one quad is left it is read twice; the sums of the
  /// second are not used.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; q += 2) {
      const std::uint8_t* first = lines + q * 128;
      const std::uint8_t* second = q + 1 < quads ? first + 128 : first;
      __m256i high[heads];
      __m256i low[heads];
      for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = _mm256_setzero_si256();
      for (std::size_t half = 0; half < 2; ++half) {
        const Words words = load_words(first + half * 64, second + half * 64);
#pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w) {
          const std::size_t at = half * 16 + w * 4;
          for (std::size_t h = 0; h < heads; ++h) {
            high[h] = add_dots(high[h], broadcast_word(weights[h].high + at), words.word[w]);
            low[h] = add_dots(low[h], broadcast_word(weights[h].low + at), words.word[w]);
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        const __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high[h], 7), low[h]);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums[h] + q * 4), sum);
      }
    }
  }
};

}  // namespace
}  // namespace ringlet::avx2

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
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t lines,
                   std::int32_t (*dots)[page::positions]) {
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
            const __m256i query = broadcast_word(queries + (h * lines + l) * 16 + w * 4);
            sums[h] = add_dots(sums[h], magnitude, _mm256_sign_epi8(query, words.word[w]));
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(dots[h] + j), sums[h]);
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

// Packed matrices times vectors for AVX2: lanes are rows, eight at a time. The loop over the codes
// of a group is outside and the one over tokens inside, so that up to four tokens share what was
// loaded and unpacked.
#pragma once

#include "kernels/avx2/lines.hpp"
#include "kernels/avx2/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::avx2 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;
using simd::prefetch;

// A whole INT4 group is added up in int16: eight words, each with two products of a code below 16
// and one in ±127.
static_assert(8 * 2 * 15 * 127 <= INT16_MAX);

/// Eight rows × one group, INT4: Σ of unsigned codes times activations, for each token, added up in
/// int16 and widened once.
template <std::size_t tokens>
inline void dot_int4_in_int16(const std::uint8_t* lines, const QuantizedVector* x, std::size_t g,
                              __m256i (&dots)[tokens]) {
  const Words words = load_words(lines, lines + 64);
  const __m256i mask = _mm256_set1_epi8(15);
  __m256i sums[tokens];
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const __m256i low = _mm256_and_si256(words.word[j], mask);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(words.word[j], 4), mask);
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::int8_t* codes = x[t].codes + g * packed::group_size + 4 * j;
      const __m256i pairs =
          _mm256_add_epi16(_mm256_maddubs_epi16(low, broadcast_word(codes)),
                           _mm256_maddubs_epi16(high, broadcast_word(codes + 16)));
      sums[t] = _mm256_add_epi16(sums[t], pairs);
    }
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    dots[t] = _mm256_add_epi32(_mm256_set1_epi32(x[t].offsets[g]),
                               _mm256_madd_epi16(sums[t], _mm256_set1_epi16(1)));
  }
}

/// The same where VPDPBUSD adds in int32 at once.
template <std::size_t tokens>
inline void dot_int4_in_int32(const std::uint8_t* lines, const QuantizedVector* x, std::size_t g,
                              __m256i (&dots)[tokens]) {
  const Words words = load_words(lines, lines + 64);
  const __m256i mask = _mm256_set1_epi8(15);
  for (std::size_t t = 0; t < tokens; ++t) dots[t] = _mm256_set1_epi32(x[t].offsets[g]);
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const __m256i low = _mm256_and_si256(words.word[j], mask);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(words.word[j], 4), mask);
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::int8_t* codes = x[t].codes + g * packed::group_size + 4 * j;
      dots[t] = add_dots(dots[t], low, broadcast_word(codes));
      dots[t] = add_dots(dots[t], high, broadcast_word(codes + 16));
    }
  }
}

/// Eight rows × one group, INT8: the sign of the weight goes over to the activation, since
/// VPMADDUBSW wants one side unsigned.
template <std::size_t tokens>
inline void dot_int8(const std::uint8_t* lines, const QuantizedVector* x, std::size_t g,
                     __m256i (&dots)[tokens]) {
  for (__m256i& dot : dots) dot = _mm256_setzero_si256();
  for (std::size_t half = 0; half < 2; ++half) {
    const Words words = load_words(lines + half * 64, lines + 128 + half * 64);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
      const __m256i weight = words.word[j];
      const __m256i magnitude = _mm256_abs_epi8(weight);
      for (std::size_t t = 0; t < tokens; ++t) {
        const std::int8_t* codes = x[t].codes + g * packed::group_size + half * 16 + 4 * j;
        dots[t] = add_dots(dots[t], magnitude, _mm256_sign_epi8(broadcast_word(codes), weight));
      }
    }
  }
}

template <bool int4, std::size_t tokens>
inline void multiply_panel(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  __m256 sums[2][tokens];
  for (auto& half : sums) {
    for (__m256& sum : half) sum = _mm256_setzero_ps();
  }
  for (std::size_t g = 0; g < panel.groups; ++g) {
    const std::uint8_t* codes = panel.codes + g * group_bytes;
    const std::uint16_t* scales = panel.scales + g * packed::panel_rows;
    prefetch<group_bytes>(codes, panel.prefetch_bytes);
    if (g % 2 == 0) prefetch<64>(scales, panel.prefetch_bytes / 8);
    for (std::size_t half = 0; half < 2; ++half) {
      __m256i dots[tokens];
      if constexpr (int4 && has_vnni) {
        dot_int4_in_int32(codes + half * (group_bytes / 2), x, g, dots);
      } else if constexpr (int4) {
        dot_int4_in_int16(codes + half * (group_bytes / 2), x, g, dots);
      } else {
        dot_int8(codes + half * (group_bytes / 2), x, g, dots);
      }
      const __m256 row_scales = Vector::load_half(scales + half * 8);
      for (std::size_t t = 0; t < tokens; ++t) {
        const __m256 scale = _mm256_mul_ps(row_scales, _mm256_set1_ps(x[t].scales[g]));
        sums[half][t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[t]), scale, sums[half][t]);
      }
    }
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    _mm256_storeu_ps(y[t], sums[0][t]);
    _mm256_storeu_ps(y[t] + 8, sums[1][t]);
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 4;

  template <std::size_t tokens>
  static void int4(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<true, tokens>(panel, x, y);
  }
  template <std::size_t tokens>
  static void int8(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<false, tokens>(panel, x, y);
  }
};

}  // namespace
}  // namespace ringlet::avx2

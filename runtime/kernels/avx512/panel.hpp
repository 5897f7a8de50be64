// Packed matrices times vectors for AVX-512 with VNNI: lanes are the sixteen rows of a panel. The
// loop over the codes of a group is outside and the one over tokens inside, so that up to eight
// tokens share what was loaded and unpacked.
#pragma once

#include "kernels/avx512/lines.hpp"
#include "kernels/avx512/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;
using simd::prefetch;

/// Adds the sixteen rows of one group to dots[token], which begins with −8·Σ of the activations.
template <std::size_t tokens>
inline void dot_int4(const std::uint8_t* lines, const QuantizedVector* x, std::size_t g,
                     __m512i (&dots)[tokens]) {
  const Words words = load_words(lines, 64);
  const __m512i mask = _mm512_set1_epi8(15);
  for (std::size_t t = 0; t < tokens; ++t) dots[t] = _mm512_set1_epi32(x[t].offsets[g]);
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const __m512i low = _mm512_and_si512(words.word[j], mask);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(words.word[j], 4), mask);
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::int8_t* codes = x[t].codes + g * packed::group_size + 4 * j;
      dots[t] = _mm512_dpbusd_epi32(dots[t], low, broadcast_word(codes));
      dots[t] = _mm512_dpbusd_epi32(dots[t], high, broadcast_word(codes + 16));
    }
  }
}

/// The same for INT8, whose codes are made unsigned: the sums begin with −128·Σ.
template <std::size_t tokens>
inline void dot_int8(const std::uint8_t* lines, const QuantizedVector* x, std::size_t g,
                     __m512i (&dots)[tokens]) {
  for (std::size_t t = 0; t < tokens; ++t) dots[t] = _mm512_set1_epi32(x[t].offsets[g] * 16);
#pragma GCC unroll 2
  for (std::size_t half = 0; half < 2; ++half) {
    const Words words = load_words(lines + half * 64, 128);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
      const __m512i weight = to_unsigned(words.word[j]);
      for (std::size_t t = 0; t < tokens; ++t) {
        const std::int8_t* codes = x[t].codes + g * packed::group_size + half * 16 + 4 * j;
        dots[t] = _mm512_dpbusd_epi32(dots[t], weight, broadcast_word(codes));
      }
    }
  }
}

template <bool int4, std::size_t tokens>
inline void multiply_panel(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  __m512 sums[tokens];
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  for (std::size_t g = 0; g < panel.groups; ++g) {
    const std::uint8_t* codes = panel.codes + g * group_bytes;
    const std::uint16_t* scales = panel.scales + g * packed::panel_rows;
    prefetch<group_bytes>(codes, panel.prefetch_bytes);
    if (g % 2 == 0) prefetch<64>(scales, panel.prefetch_bytes / 8);
    __m512i dots[tokens];
    if constexpr (int4) {
      dot_int4(codes, x, g, dots);
    } else {
      dot_int8(codes, x, g, dots);
    }
    const __m512 row_scales = Vector::load_half(scales);
    for (std::size_t t = 0; t < tokens; ++t) {
      const __m512 scale = _mm512_mul_ps(row_scales, _mm512_set1_ps(x[t].scales[g]));
      sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[t]), scale, sums[t]);
    }
  }
  for (std::size_t t = 0; t < tokens; ++t) _mm512_storeu_ps(y[t], sums[t]);
}

struct Panel {
  static constexpr std::size_t most_tokens = 8;

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
}  // namespace ringlet::avx512

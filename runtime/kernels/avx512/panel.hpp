// Products of packed matrices and up to eight vectors for AVX-512 with VNNI: lanes are the sixteen
// rows of a panel, and the tokens share the loaded and unpacked weights. Their dot products take
// turns, so that none waits for its own last sum.
#pragma once

#include "kernels/avx512/lines.hpp"
#include "kernels/avx512/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;
using simd::prefetch;

/// One group of sixteen rows as unsigned codes. Word j contains columns 4j to 4j + 3.
struct Group {
  __m512i word[8];
};

inline Group load_int4(const std::uint8_t* lines) {
  const Words words = load_words(lines, 64);
  const __m512i mask = _mm512_set1_epi8(15);
  Group group;
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    group.word[j] = _mm512_and_si512(words.word[j], mask);
    group.word[4 + j] = _mm512_and_si512(_mm512_srli_epi16(words.word[j], 4), mask);
  }
  return group;
}

inline Group load_int8(const std::uint8_t* lines) {
  Group group;
#pragma GCC unroll 2
  for (std::size_t half = 0; half < 2; ++half) {
    const Words words = load_words(lines + half * 64, 128);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) group.word[half * 4 + j] = to_unsigned(words.word[j]);
  }
  return group;
}

/// Codes of both formats are unsigned here, so dot products start at −8·Σx or −128·Σx.
template <bool int4>
inline __m512i first_sums(std::int32_t offset) {
  return _mm512_slli_epi32(_mm512_set1_epi32(offset), int4 ? 0 : 4);
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
    const Group group = int4 ? load_int4(codes) : load_int8(codes);
    const __m512 row_scales = Vector::load_half(scales);
    __m512i dots[tokens];
    for (std::size_t t = 0; t < tokens; ++t) dots[t] = first_sums<int4>(x[t].offsets[g]);
#pragma GCC unroll 8
    for (std::size_t j = 0; j < 8; ++j) {
#pragma GCC unroll 8
      for (std::size_t t = 0; t < tokens; ++t) {
        const std::int8_t* word = x[t].codes + g * packed::group_size + 4 * j;
        dots[t] = _mm512_dpbusd_epi32(dots[t], group.word[j], broadcast_word(word));
      }
    }
    for (std::size_t t = 0; t < tokens; ++t) {
      const __m512 scale = _mm512_mul_ps(row_scales, _mm512_set1_ps(x[t].scales[g]));
      sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[t]), scale, sums[t]);
    }
  }
  for (std::size_t t = 0; t < tokens; ++t) _mm512_storeu_ps(y[t], sums[t]);
}

}  // namespace
}  // namespace ringlet::avx512

// Products of packed matrices and vectors for AVX2: lanes are rows, eight at a time. Up to eight
// tokens share the loaded and unpacked weights.
#pragma once

#include "kernels/avx2/lines.hpp"
#include "kernels/avx2/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::avx2 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;
using simd::prefetch;

// A whole INT4 group is summed in int16: eight words of two products each, of a code below 16 and
// one in ±127.
static_assert(8 * 2 * 15 * 127 <= INT16_MAX);

/// Words 0…7 of eight INT4 rows, as unsigned codes.
struct Int4Words {
  __m256i word[8];
};

inline Int4Words unpack_int4(const std::uint8_t* lines) {
  const Words words = load_words(lines, lines + 64);
  const __m256i mask = _mm256_set1_epi8(15);
  Int4Words result;
  for (std::size_t j = 0; j < 4; ++j) {
    result.word[j] = _mm256_and_si256(words.word[j], mask);
    result.word[4 + j] = _mm256_and_si256(_mm256_srli_epi16(words.word[j], 4), mask);
  }
  return result;
}

/// Eight rows × one group of one token. Summed in int16 and widened once, or directly in int32 by
/// VPDPBUSD.
inline __m256i dot_int4(const Int4Words& words, const std::int8_t* codes, std::int32_t offset) {
  const __m256i start = _mm256_set1_epi32(offset);
  if constexpr (has_vnni) {
    __m256i sum = start;
#pragma GCC unroll 8
    for (std::size_t j = 0; j < 8; ++j) {
      sum = add_dots(sum, words.word[j], broadcast_word(codes + 4 * j));
    }
    return sum;
  } else {
    __m256i sum = _mm256_maddubs_epi16(words.word[0], broadcast_word(codes));
#pragma GCC unroll 8
    for (std::size_t j = 1; j < 8; ++j) {
      const __m256i pairs = _mm256_maddubs_epi16(words.word[j], broadcast_word(codes + 4 * j));
      sum = _mm256_add_epi16(sum, pairs);
    }
    return _mm256_add_epi32(start, _mm256_madd_epi16(sum, _mm256_set1_epi16(1)));
  }
}

/// Eight rows × one INT8 group, for each token. The sign of the weight moves to the activation,
/// because VPMADDUBSW needs one unsigned operand.
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

/// Multiplies `halves` times eight rows of a panel, from `row` on. Sums start at zero, or from what
/// y contains.
template <bool int4, std::size_t halves, std::size_t tokens, bool from_y = false>
inline void multiply_rows(const PanelView& panel, std::size_t row, const QuantizedVector* x,
                          float* const* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::uint8_t* lines = panel.codes + row * (group_bytes / packed::panel_rows);
  const std::uint16_t* scales = panel.scales + row;
  __m256 sums[halves][tokens];
  for (std::size_t half = 0; half < halves; ++half) {
    for (std::size_t t = 0; t < tokens; ++t) {
      sums[half][t] = from_y ? _mm256_loadu_ps(y[t] + row + half * 8) : _mm256_setzero_ps();
    }
  }
  for (std::size_t g = 0; g < panel.groups; ++g) {
    prefetch<group_bytes / 2 * halves>(lines, panel.prefetch_bytes);
    if (halves == 2 && g % 2 == 0) prefetch<64>(scales, panel.prefetch_bytes / 8);
    for (std::size_t half = 0; half < halves; ++half) {
      const __m256 row_scales = Vector::load_half(scales + half * 8);
      const auto add = [&](std::size_t t, __m256i dots) {
        const __m256 scale = _mm256_mul_ps(row_scales, _mm256_set1_ps(x[t].scales[g]));
        sums[half][t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots), scale, sums[half][t]);
      };
      if constexpr (int4) {
        const Int4Words words = unpack_int4(lines + half * (group_bytes / 2));
#pragma GCC unroll 8
        for (std::size_t t = 0; t < tokens; ++t) {
          add(t, dot_int4(words, x[t].codes + g * packed::group_size, x[t].offsets[g]));
        }
      } else {
        __m256i dots[tokens];
        dot_int8(lines + half * (group_bytes / 2), x, g, dots);
        for (std::size_t t = 0; t < tokens; ++t) add(t, dots[t]);
      }
    }
    lines += group_bytes;
    scales += packed::panel_rows;
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t half = 0; half < halves; ++half) {
      _mm256_storeu_ps(y[t] + row + half * 8, sums[half][t]);
    }
  }
}

/// Multiplies a panel by several tokens, half by half, alternating every `most_groups` groups. If
/// one half went through all groups before the other, the processor would wait for memory in the
/// first, and memory for the processor in the second.
template <bool int4, std::size_t tokens>
inline void multiply_alternately(const PanelView& panel, const QuantizedVector* x,
                                 float* const* y) {
  constexpr std::size_t most_groups = 16;
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  PanelView part = panel;
  QuantizedVector vectors[tokens];
  for (std::size_t t = 0; t < tokens; ++t) {
    vectors[t] = x[t];
    _mm256_storeu_ps(y[t], _mm256_setzero_ps());
    _mm256_storeu_ps(y[t] + 8, _mm256_setzero_ps());
  }
  for (std::size_t left = panel.groups; left > 0; left -= part.groups) {
    part.groups = left < most_groups ? left : most_groups;
    multiply_rows<int4, 1, tokens, true>(part, 0, vectors, y);
    multiply_rows<int4, 1, tokens, true>(part, 8, vectors, y);
    part.codes += part.groups * group_bytes;
    part.scales += part.groups * packed::panel_rows;
    for (QuantizedVector& vector : vectors) {
      vector.codes += part.groups * packed::group_size;
      vector.scales += part.groups;
      vector.offsets += part.groups;
    }
  }
}

/// A single token reads the lines in memory order. With several tokens, half a panel is processed
/// at a time so that the sums fit into the registers.
template <bool int4, std::size_t tokens>
inline void multiply_panel(const PanelView& panel, const QuantizedVector* x, float* const* y) {
  if constexpr (tokens == 1) {
    multiply_rows<int4, 2, 1>(panel, 0, x, y);
  } else if constexpr (tokens <= 4) {  // with more, memory is not what limits
    multiply_alternately<int4, tokens>(panel, x, y);
  } else {
    multiply_rows<int4, 1, tokens>(panel, 0, x, y);
    multiply_rows<int4, 1, tokens>(panel, 8, x, y);
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 8;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    multiply_panel<int4, tokens>(panel, x, y);
  }
};

}  // namespace
}  // namespace ringlet::avx2

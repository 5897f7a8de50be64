// The 64-byte lines that weights, keys and values share, as AVX-512 with VNNI eats them. A line
// holds four rows of four words of four codes, word after word; four lines transposed give
// registers with the same word of sixteen rows, which VPDPBUSD multiplies by one word of
// activations in every lane and adds in int32.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// The words 0…3 of sixteen rows.
struct Words {
  __m512i word[4];
};

/// Line i holds rows 4i to 4i + 3 and lies i·stride bytes from `lines`; those from `count` on are
/// taken as zero.
inline Words load_words(const std::uint8_t* lines, std::size_t stride, std::size_t count = 4) {
  __m512i line[4];
  for (std::size_t i = 0; i < 4; ++i) {
    line[i] = i < count ? _mm512_loadu_si512(lines + i * stride) : _mm512_setzero_si512();
  }
  // A transposition of the 4 × 4 parts of 128 bits.
  const __m512i a = _mm512_shuffle_i64x2(line[0], line[1], 0x44);
  const __m512i b = _mm512_shuffle_i64x2(line[2], line[3], 0x44);
  const __m512i c = _mm512_shuffle_i64x2(line[0], line[1], 0xEE);
  const __m512i d = _mm512_shuffle_i64x2(line[2], line[3], 0xEE);
  return {{_mm512_shuffle_i64x2(a, b, 0x88), _mm512_shuffle_i64x2(a, b, 0xDD),
           _mm512_shuffle_i64x2(c, d, 0x88), _mm512_shuffle_i64x2(c, d, 0xDD)}};
}

/// Four codes from `codes` on, in every lane.
inline __m512i broadcast_word(const std::int8_t* codes) {
  std::int32_t word;
  std::memcpy(&word, codes, sizeof word);
  return _mm512_set1_epi32(word);
}

/// Signed codes plus 128, as unsigned ones: VPDPBUSD wants one side unsigned, and the surplus,
/// 128·Σ of the other side, is known beforehand.
inline __m512i to_unsigned(__m512i codes) {
  return _mm512_xor_si512(codes, _mm512_set1_epi8(-128));
}

}  // namespace
}  // namespace ringlet::avx512

// The 64-byte lines of weights, keys and values in AVX-512 registers, with VNNI. A line holds four
// rows of four words of four codes, word after word. Four lines, transposed, give registers that
// contain the same word of sixteen rows. VPDPBUSD multiplies these by one word of activations in
// every lane and adds in int32.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/avx512/vector.hpp"

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Words 0…3 of sixteen rows.
struct Words {
  __m512i word[4];
};

/// Line i contains rows 4i to 4i + 3 and is at lines + i·stride. Instead of lines from `count` ≥ 1
/// on, the first line is read again.
inline Words load_words(const std::uint8_t* lines, std::size_t stride, std::size_t count = 4) {
  __m512i line[4];
  for (std::size_t i = 0; i < 4; ++i) {
    line[i] = _mm512_loadu_si512(lines + (i < count ? i * stride : 0));
  }
  // Transposes the 4 × 4 blocks of 128 bits.
  const __m512i a = _mm512_shuffle_i64x2(line[0], line[1], 0x44);
  const __m512i b = _mm512_shuffle_i64x2(line[2], line[3], 0x44);
  const __m512i c = _mm512_shuffle_i64x2(line[0], line[1], 0xEE);
  const __m512i d = _mm512_shuffle_i64x2(line[2], line[3], 0xEE);
  return {{_mm512_shuffle_i64x2(a, b, 0x88), _mm512_shuffle_i64x2(a, b, 0xDD),
           _mm512_shuffle_i64x2(c, d, 0x88), _mm512_shuffle_i64x2(c, d, 0xDD)}};
}

/// The four codes at `codes`, in every lane.
inline __m512i broadcast_word(const std::int8_t* codes) {
  std::int32_t word;
  std::memcpy(&word, codes, sizeof word);
  return _mm512_set1_epi32(word);
}

/// Signed codes plus 128, as unsigned codes: VPDPBUSD needs one unsigned operand, and the excess,
/// 128·Σ of the other operand, is known in advance.
inline __m512i to_unsigned(__m512i codes) {
  return _mm512_xor_si512(codes, _mm512_set1_epi8(-128));
}

/// The operations that simd/line_pages.hpp needs.
struct Lines {
  using Register = __m512i;
  using Key = __m512i;
  static constexpr std::size_t rows = 16;
  static constexpr std::size_t most_heads = 3;
  static constexpr std::size_t chains = 2;

  static Words load_words(const std::uint8_t* lines, std::size_t stride, std::size_t count) {
    return avx512::load_words(lines, stride, count);
  }
  static Register broadcast_word(const std::int8_t* codes) { return avx512::broadcast_word(codes); }
  static Register set(std::int32_t a) { return _mm512_set1_epi32(a); }
  static Register add(Register a, Register b) { return _mm512_add_epi32(a, b); }
  static void store(std::int32_t* p, Register a) { _mm512_storeu_si512(p, a); }
  static Register join_planes(Register high, Register low) {
    return _mm512_add_epi32(_mm512_slli_epi32(high, 7), low);
  }
  static Register add_weights(Register sum, Register weights, Register codes) {
    return _mm512_dpbusd_epi32(sum, weights, codes);
  }

  static Key key(Register codes) { return to_unsigned(codes); }
  static Register add_key(Register sum, Key key, Register query) {
    return _mm512_dpbusd_epi32(sum, key, query);
  }
  static std::int32_t key_start(const std::int8_t* query, std::size_t count) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < count; i += 32) sum += Vector::sum_int8_32(query + i);
    return -128 * sum;
  }

  static Register low_nibbles(Register codes) {
    return _mm512_and_si512(codes, _mm512_set1_epi8(15));
  }
  static Register high_nibbles(Register codes) {
    return _mm512_and_si512(_mm512_srli_epi16(codes, 4), _mm512_set1_epi8(15));
  }
  static Register add_nibbles(Register sum, Register nibbles, Register codes) {
    return _mm512_dpbusd_epi32(sum, nibbles, codes);
  }
  static Register widen(Register sum) { return sum; }
};

}  // namespace
}  // namespace ringlet::avx512

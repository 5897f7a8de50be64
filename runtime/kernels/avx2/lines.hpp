// The 64-byte lines of weights, keys and values in AVX2 registers. A line holds four rows of four
// words of four codes, word after word. Two lines together give registers that contain the same
// word of eight rows, to be multiplied by one word of activations in every lane.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/avx2/vector.hpp"

namespace ringlet::avx2 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Words 0…3 of eight rows.
struct Words {
  __m256i word[4];
};

inline __m256i load_codes(const std::uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

/// `first` contains rows 0–3, `second` rows 4–7.
inline Words load_words(const std::uint8_t* first, const std::uint8_t* second) {
  const __m256i a0 = load_codes(first);
  const __m256i a1 = load_codes(first + 32);
  const __m256i b0 = load_codes(second);
  const __m256i b1 = load_codes(second + 32);
  return {{_mm256_permute2x128_si256(a0, b0, 0x20), _mm256_permute2x128_si256(a0, b0, 0x31),
           _mm256_permute2x128_si256(a1, b1, 0x20), _mm256_permute2x128_si256(a1, b1, 0x31)}};
}

/// The four codes at `codes`, in every lane.
inline __m256i broadcast_word(const std::int8_t* codes) {
  std::int32_t word;
  std::memcpy(&word, codes, sizeof word);
  return _mm256_set1_epi32(word);
}

// The AVX-VNNI set consists of these headers, compiled for processors with 256-bit VPDPBUSD. The
// same instruction in AVX-512's encoding allows tests on processors that have only that.
#if defined(__AVXVNNI__)
inline constexpr bool has_vnni = true;
/// sum + Σ of four products per lane, of unsigned codes below 128 with signed codes.
inline __m256i add_dots(__m256i sum, __m256i unsigned_codes, __m256i signed_codes) {
  return _mm256_dpbusd_avx_epi32(sum, unsigned_codes, signed_codes);
}
#elif defined(__AVX512VNNI__) && defined(__AVX512VL__)
inline constexpr bool has_vnni = true;
inline __m256i add_dots(__m256i sum, __m256i unsigned_codes, __m256i signed_codes) {
  return _mm256_dpbusd_epi32(sum, unsigned_codes, signed_codes);
}
#else
inline constexpr bool has_vnni = false;
// VPMADDUBSW adds two products in int16. It cannot saturate with codes in ±127, but could with
// −128.
static_assert(2 * 127 * 127 <= INT16_MAX);
inline __m256i add_dots(__m256i sum, __m256i unsigned_codes, __m256i signed_codes) {
  const __m256i pairs = _mm256_maddubs_epi16(unsigned_codes, signed_codes);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
#endif

/// A key as unsigned magnitudes, with the sign moved to the other operand, for VPMADDUBSW. With
/// VNNI, whose sums have room, the key plus 128.
struct Key {
  __m256i magnitude;
  __m256i sign;
};

/// The operations that simd/line_pages.hpp needs.
struct Lines {
  using Register = __m256i;
  using Key = avx2::Key;
  static constexpr std::size_t rows = 8;
  static constexpr std::size_t most_heads = 3;
  static constexpr std::size_t chains = has_vnni ? 2 : 1;

  static Words load_words(const std::uint8_t* lines, std::size_t stride, std::size_t count) {
    return avx2::load_words(lines, count > 1 ? lines + stride : lines);
  }
  static Register broadcast_word(const std::int8_t* codes) { return avx2::broadcast_word(codes); }
  static Register set(std::int32_t a) { return _mm256_set1_epi32(a); }
  static Register add(Register a, Register b) { return _mm256_add_epi32(a, b); }
  static void store(std::int32_t* p, Register a) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a);
  }
  static Register join_planes(Register high, Register low) {
    return _mm256_add_epi32(_mm256_slli_epi32(high, 7), low);
  }
  static Register add_weights(Register sum, Register weights, Register codes) {
    return add_dots(sum, weights, codes);
  }

  static Key key(Register codes) {
    if constexpr (has_vnni) return {_mm256_xor_si256(codes, _mm256_set1_epi8(-128)), codes};
    return {_mm256_abs_epi8(codes), codes};
  }
  static Register add_key(Register sum, const Key& key, Register query) {
    if constexpr (has_vnni) return add_dots(sum, key.magnitude, query);
    return add_dots(sum, key.magnitude, _mm256_sign_epi8(query, key.sign));
  }
  static std::int32_t key_start(const std::int8_t* query, std::size_t count) {
    if constexpr (!has_vnni) return 0;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < count; i += 32) sum += Vector::sum_int8_32(query + i);
    return -128 * sum;
  }

  static Register low_nibbles(Register codes) {
    return _mm256_and_si256(codes, _mm256_set1_epi8(15));
  }
  static Register high_nibbles(Register codes) {
    return _mm256_and_si256(_mm256_srli_epi16(codes, 4), _mm256_set1_epi8(15));
  }
  // Without VNNI, sums are in int16, with room for eight words of two products each, of a code
  // below 16 and one in ±127.
  static_assert(8 * 2 * 15 * 127 <= INT16_MAX);
  static Register add_nibbles(Register sum, Register nibbles, Register codes) {
    if constexpr (has_vnni) return add_dots(sum, nibbles, codes);
    return _mm256_add_epi16(sum, _mm256_maddubs_epi16(nibbles, codes));
  }
  static Register widen(Register sum) {
    if constexpr (has_vnni) return sum;
    return _mm256_madd_epi16(sum, _mm256_set1_epi16(1));
  }
};

}  // namespace
}  // namespace ringlet::avx2

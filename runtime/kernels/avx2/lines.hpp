// The 64-byte lines that weights, keys and values share, as AVX2 eats them. A line holds four rows
// of four words of four codes, word after word; two lines together give registers with the same
// word of eight rows, which are multiplied by one word of activations in every lane.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ringlet::avx2 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// The words 0…3 of eight rows.
struct Words {
  __m256i word[4];
};

inline __m256i load_codes(const std::uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

/// `first` holds rows 0–3, `second` rows 4–7.
inline Words load_words(const std::uint8_t* first, const std::uint8_t* second) {
  const __m256i a0 = load_codes(first);
  const __m256i a1 = load_codes(first + 32);
  const __m256i b0 = load_codes(second);
  const __m256i b1 = load_codes(second + 32);
  return {{_mm256_permute2x128_si256(a0, b0, 0x20), _mm256_permute2x128_si256(a0, b0, 0x31),
           _mm256_permute2x128_si256(a1, b1, 0x20), _mm256_permute2x128_si256(a1, b1, 0x31)}};
}

/// Four codes from `codes` on, in every lane.
inline __m256i broadcast_word(const std::int8_t* codes) {
  std::int32_t word;
  std::memcpy(&word, codes, sizeof word);
  return _mm256_set1_epi32(word);
}

// The AVX-VNNI set is these headers compiled for processors that have VPDPBUSD in 256 bits. The
// same instruction in AVX-512's encoding serves to test it on processors that have only that.
#if defined(__AVXVNNI__)
inline constexpr bool has_vnni = true;
/// sum + Σ of four products per lane, of unsigned codes below 128 and signed ones.
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
// VPMADDUBSW adds two products in int16: with codes in ±127 it cannot saturate, with −128 it could.
static_assert(2 * 127 * 127 <= INT16_MAX);
inline __m256i add_dots(__m256i sum, __m256i unsigned_codes, __m256i signed_codes) {
  const __m256i pairs = _mm256_maddubs_epi16(unsigned_codes, signed_codes);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
#endif

}  // namespace
}  // namespace ringlet::avx2

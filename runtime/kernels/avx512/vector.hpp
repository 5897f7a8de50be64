// The vector type of simd/ for AVX-512 (F, BW, DQ, VL): sixteen floats. Its contract is in
// simd/README.md.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::avx512 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats = __m512;
  using Ints = __m512i;
  static constexpr std::size_t width = 16;
  static constexpr bool slow_division = false;
  static constexpr std::size_t in_flight = 1;

  static Floats load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, Floats a) { _mm512_storeu_ps(p, a); }
  static Floats set(float a) { return _mm512_set1_ps(a); }
  static Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
  static Floats sub(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
  static Floats mul(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
  static Floats div(Floats a, Floats b) { return _mm512_div_ps(a, b); }
  static Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
  static Floats maximum(Floats a, Floats b) { return _mm512_max_ps(a, b); }
  static float largest(Floats a) { return _mm512_reduce_max_ps(a); }
  static Floats absolute(Floats a) { return _mm512_and_ps(a, from_bits(set_int(0x7FFFFFFF))); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, t, _CMP_LT_OQ), b, a);
  }

  static Ints bits(Floats a) { return _mm512_castps_si512(a); }
  static Floats from_bits(Ints a) { return _mm512_castsi512_ps(a); }
  static Ints set_int(std::int32_t a) { return _mm512_set1_epi32(a); }
  static Ints load_ints(const std::int32_t* p) { return _mm512_loadu_si512(p); }
  static Ints add_int(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
  static Ints and_int(Ints a, Ints b) { return _mm512_and_si512(a, b); }
  static Ints shift_left_23(Ints a) { return _mm512_slli_epi32(a, 23); }
  static Ints shift_right_7(Ints a) { return _mm512_srai_epi32(a, 7); }
  static Floats to_floats(Ints a) { return _mm512_cvtepi32_ps(a); }

  template <std::size_t half>
  static Floats swap(Floats a) {
    constexpr int order = half == 1 || half == 4 ? 0xB1 : 0x4E;  // of four lanes, or four quarters
    if constexpr (half < 4) {
      return _mm512_permute_ps(a, order);
    } else {
      return _mm512_shuffle_f32x4(a, a, order);
    }
  }

  static void store_int8(std::int8_t* p, Ints a) {
    const __m128i bytes = _mm512_cvtsepi32_epi8(a);  // saturates at −128, hence the maximum
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_max_epi8(bytes, _mm_set1_epi8(-127)));
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    // Codes plus 128, summed as unsigned bytes.
    const __m256i codes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i shifted = _mm256_xor_si256(codes, _mm256_set1_epi8(-128));
    const __m256i quarters = _mm256_sad_epu8(shifted, _mm256_setzero_si256());
    const __m128i halves =
        _mm_add_epi64(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1));
    return _mm_cvtsi128_si32(_mm_add_epi64(halves, _mm_unpackhi_epi64(halves, halves))) - 32 * 128;
  }
  static std::int32_t sum_ints(Ints a) { return _mm512_reduce_add_epi32(a); }
  static Floats load_half(const std::uint16_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
};

}  // namespace
}  // namespace ringlet::avx512

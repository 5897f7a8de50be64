// The vector type of simd/ for AVX2, FMA and F16C: eight floats. Its contract is in simd/README.md.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::avx2 {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Vector {
  using Floats = __m256;
  using Ints = __m256i;
  static constexpr std::size_t width = 8;
  static constexpr bool slow_division = false;
  static constexpr std::size_t in_flight = 2;

  static Floats load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, Floats a) { _mm256_storeu_ps(p, a); }
  static Floats set(float a) { return _mm256_set1_ps(a); }
  static Floats add(Floats a, Floats b) { return _mm256_add_ps(a, b); }
  static Floats sub(Floats a, Floats b) { return _mm256_sub_ps(a, b); }
  static Floats mul(Floats a, Floats b) { return _mm256_mul_ps(a, b); }
  static Floats div(Floats a, Floats b) { return _mm256_div_ps(a, b); }
  static Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
  static Floats maximum(Floats a, Floats b) { return _mm256_max_ps(a, b); }
  static float largest(Floats a) {
    __m128 most = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    most = _mm_max_ps(most, _mm_movehl_ps(most, most));
    return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
  }
  static Floats absolute(Floats a) { return _mm256_and_ps(a, from_bits(set_int(0x7FFFFFFF))); }
  static Floats select_less(Floats x, Floats t, Floats a, Floats b) {
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, t, _CMP_LT_OQ));
  }

  static Ints bits(Floats a) { return _mm256_castps_si256(a); }
  static Floats from_bits(Ints a) { return _mm256_castsi256_ps(a); }
  static Ints set_int(std::int32_t a) { return _mm256_set1_epi32(a); }
  static Ints load_ints(const std::int32_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static Ints add_int(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
  static Ints and_int(Ints a, Ints b) { return _mm256_and_si256(a, b); }
  static Ints shift_left_23(Ints a) { return _mm256_slli_epi32(a, 23); }
  static Ints shift_right_7(Ints a) { return _mm256_srai_epi32(a, 7); }
  static Floats to_floats(Ints a) { return _mm256_cvtepi32_ps(a); }

  template <std::size_t half>
  static Floats swap(Floats a) {
    if constexpr (half == 4) {
      return _mm256_permute2f128_ps(a, a, 1);
    } else {
      return _mm256_permute_ps(a, half == 1 ? 0xB1 : 0x4E);
    }
  }

  static void store_int8(std::int8_t* p, Ints a) {
    const __m128i halves =
        _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    const __m128i bytes = _mm_packs_epi16(halves, halves);  // saturates at −128, hence the maximum
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_max_epi8(bytes, _mm_set1_epi8(-127)));
  }
  static std::int32_t sum_int8_32(const std::int8_t* p) {
    // Codes plus 128, summed as unsigned bytes.
    const __m256i codes = load_ints(reinterpret_cast<const std::int32_t*>(p));
    const __m256i shifted = _mm256_xor_si256(codes, _mm256_set1_epi8(-128));
    const __m256i quarters = _mm256_sad_epu8(shifted, _mm256_setzero_si256());
    const __m128i halves =
        _mm_add_epi64(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1));
    return _mm_cvtsi128_si32(_mm_add_epi64(halves, _mm_unpackhi_epi64(halves, halves))) - 32 * 128;
  }
  static std::int32_t sum_ints(Ints a) {
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    sum = _mm_add_epi32(sum, _mm_unpackhi_epi64(sum, sum));
    return _mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_shuffle_epi32(sum, 1)));
  }
  static Floats load_half(const std::uint16_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
};

}  // namespace
}  // namespace ringlet::avx2

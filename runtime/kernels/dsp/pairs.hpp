// Pairs of 16-bit numbers in a register, which the DSP extension multiplies and adds in one
// instruction.
#pragma once

#include <arm_acle.h>

#include <bit>
#include <cstddef>
#include <cstdint>

#include "numerics/half.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using Pair = std::uint32_t;  // two int16

/// Loads four bytes from any address.
inline std::uint32_t load_word(const void* p) {
  std::uint32_t word;
  __builtin_memcpy(&word, p, sizeof word);
  return word;
}

/// INT8 codes 0 and 2 of a word, or 1 and 3.
inline Pair even(std::uint32_t word) {
  return static_cast<Pair>(__sxtb16(static_cast<int8x4_t>(word)));
}
// In assembly, because gcc does not fold the rotation into the instruction.
inline Pair odd(std::uint32_t word) {
  Pair pair;
  asm("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
  return pair;
}

/// Four numbers as pairs.
struct Pairs {
  Pair even;  // 0 and 2
  Pair odd;   // 1 and 3
};
inline Pairs widen(std::uint32_t word) { return {even(word), odd(word)}; }
inline Pairs load_pairs(const std::int8_t* p) { return widen(load_word(p)); }

/// sum + a0·b0 + a1·b1, exact while the sum fits into 32 bits.
inline std::int32_t add_products(Pair a, Pair b, std::int32_t sum) {
  return __smlad(static_cast<int16x2_t>(a), static_cast<int16x2_t>(b), sum);
}

/// Clamped to −128…127. In assembly, because the type of the intrinsic depends on the compiler.
inline std::int32_t saturate(std::int32_t number) {
  asm("ssat %0,#8,%0" : "+r"(number));
  return number;
}

/// VCVTB: exact, including denormals.
#if defined(__ARM_FP16_FORMAT_IEEE) && \
    (defined(__clang__) || !defined(__ARM_FEATURE_FP16_SCALAR_ARITHMETIC))
inline float half(std::uint16_t bits) { return static_cast<float>(std::bit_cast<__fp16>(bits)); }
#else
// gcc has no such type without -mfp16-format=ieee, and for Cortex-M55 loads it by an instruction of
// NEON.
inline float half(std::uint16_t bits) { return half_to_float(bits); }
#endif

}  // namespace
}  // namespace ringlet::dsp

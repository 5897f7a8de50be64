// Dot products of a group as floats without a conversion. They are summed on top of the bits of
// 1.5·2^23, a float whose last bit has the value one. Read as a float, the sum is 1.5·2^23 + dot;
// subtracting 1.5·2^23 gives float(dot) exactly. On Cortex-A76, converting four lanes takes as long
// as two subtractions.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "kernels/packed_layout.hpp"

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

constexpr std::int32_t bias_bits = 0x4B400000;
constexpr float bias = 0x1.8p23F;

static_assert(packed::group_size * 128 * 127 < 1 << 22, "the bits of the bias never change sign");

/// {a, b, a, b} as the start of a sum. It comes from general registers, whose unit is otherwise
/// idle: the compiler would keep constants in vector registers and spend a vector instruction on
/// each copy.
inline int32x4_t biased(std::int32_t a, std::int32_t b) {
  const std::uint64_t low = static_cast<std::uint32_t>(bias_bits + a);
  const std::uint64_t both = low | static_cast<std::uint64_t>(bias_bits + b) << 32;
  int32x4_t result;
  asm volatile("dup %0.2d, %1" : "=w"(result) : "r"(both));  // NOLINT(hicpp-no-assembler)
  return result;
}

inline int32x4_t biased(std::int32_t a) {
  int32x4_t result;
  asm volatile("dup %0.4s, %w1" : "=w"(result) : "r"(bias_bits + a));  // NOLINT(hicpp-no-assembler)
  return result;
}

/// The amount added to biased(0), as floats.
inline float32x4_t to_floats(int32x4_t sum) {
  return vsubq_f32(vreinterpretq_f32_s32(sum), vdupq_n_f32(bias));
}

}  // namespace
}  // namespace ringlet::dotprod

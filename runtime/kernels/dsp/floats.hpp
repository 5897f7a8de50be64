// Kernels over floats where the DSP extension and integer comparisons help. Magnitudes compare like
// the integers of their bits, which takes fewer instructions than VCMP.
#pragma once

#include "kernels/dsp/vector.hpp"
#include "kernels/kernel_set.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/simd/hadamard_radix4.hpp"
#include "numerics/finite.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// The entry `hadamard`.
void hadamard(float* x, std::size_t n) {
  for (std::size_t block = 0; n > 0; x += block, n -= block) {
    block = hadamard_block(n);
    simd::hadamard_stages<Vector>(x, block, 1);
  }
}

/// One group of 32 for `quantize`.
inline void quantize_group(const float* x, std::int8_t* codes, float& scale, std::int32_t& offset) {
  const float maximum = Vector::absolute_maximum(x, packed::group_size);
  const bool zero = !(maximum >= smallest_group_maximum);
  const float factor = zero ? 0.0F : 127.0F / maximum;
  std::int32_t sum = 0;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < packed::group_size; ++i) {
    const float shifted = x[i] * factor + rounding_magic;
    // Never below −127: x · factor is at most a rounding above 127 in magnitude.
    const std::int32_t code = saturate(std::bit_cast<std::int32_t>(shifted) - 0x4B400000);
    codes[i] = static_cast<std::int8_t>(code);
    sum += code;
  }
  scale = zero ? 0.0F : maximum / 127.0F;
  offset = -8 * sum;
}

/// The entry `quantize`.
void quantize(const float* x, std::size_t columns, const QuantizedVector& out) {
  constexpr std::size_t group = packed::group_size;
  for (std::size_t g = 0; g * group < columns; ++g, x += group) {
    float padded[group];
    const float* numbers = x;
    if (columns - g * group < group) {
      for (std::size_t i = 0; i < group; ++i) padded[i] = g * group + i < columns ? x[i] : 0.0F;
      numbers = padded;
    }
    quantize_group(numbers, out.codes + g * group, out.scales[g], out.offsets[g]);
  }
}

}  // namespace
}  // namespace ringlet::dsp

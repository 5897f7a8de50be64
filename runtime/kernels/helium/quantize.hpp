// Quantization of activations for Helium.
#pragma once

#include "kernels/helium/vector.hpp"
#include "kernels/kernel_set.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/simd/elementwise.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Codes of 32 numbers, rne(x · factor), whose magnitudes are below 127.5 or NaN, and their sum.
inline std::int32_t round_group(const float* x, float factor, std::int8_t* codes) {
  // The lowest byte of the bits is the code. The maximum is 127, for NaN.
  const int32x4_t most = vdupq_n_s32(0x4B400000 + 127);
#pragma clang loop unroll(disable)
  for (std::size_t i = 0; i < packed::group_size; i += 4) {
    const float32x4_t product = vmulq_n_f32(vldrwq_f32(x + i), factor);
    const int32x4_t bits = vreinterpretq_s32_f32(vaddq_n_f32(product, rounding_magic));
    vstrbq_s32(codes + i, vminq_s32(bits, most));
  }
  return Vector::sum_int8_32(codes);
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
    const float maximum = simd::absolute_maximum<Vector>(numbers, group);
    const bool zero = !(maximum >= smallest_group_maximum);
    const float factor = zero ? 0.0F : 127.0F / maximum;
    out.offsets[g] = -8 * round_group(numbers, factor, out.codes + g * group);
    out.scales[g] = zero ? 0.0F : maximum / 127.0F;
  }
}

}  // namespace
}  // namespace ringlet::helium

// The Hadamard transform for Helium. The two stages within a vector run across registers, because
// VLD4 and VST4 transpose.
#pragma once

#include "kernels/helium/vector.hpp"
#include "kernels/simd/hadamard_radix4.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Stages 1 and 2 of sixteen numbers.
inline void hadamard_sixteen(float* x) {
  float32x4x4_t v = vld4q_f32(x);
  const float32x4_t a = vaddq_f32(v.val[0], v.val[1]);
  const float32x4_t b = vsubq_f32(v.val[0], v.val[1]);
  const float32x4_t c = vaddq_f32(v.val[2], v.val[3]);
  const float32x4_t d = vsubq_f32(v.val[2], v.val[3]);
  v.val[0] = vaddq_f32(a, c);
  v.val[1] = vaddq_f32(b, d);
  v.val[2] = vsubq_f32(a, c);
  v.val[3] = vsubq_f32(b, d);
  vst4q_f32(x, v);
}

/// The entry `hadamard`.
void hadamard(float* x, std::size_t n) {
  for (std::size_t block = 0; n > 0; x += block, n -= block) {
    block = hadamard_block(n);
    if (block < 16) {
      hadamard_in_place(x, block);
      continue;
    }
    for (std::size_t i = 0; i < block; i += 16) hadamard_sixteen(x + i);
    simd::hadamard_stages<Vector>(x, block, 4);
  }
}

}  // namespace
}  // namespace ringlet::helium

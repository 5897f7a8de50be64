// The Hadamard transform of a head, with the same bits on every target. The largest element of a
// vector determines its quantization error. After multiplication by a matrix of ±1/√n no element
// stands out (QuaRot, Ashkboos et al., 2024), and dot products of two transformed vectors are those
// of the originals.
#pragma once

#include <cstddef>

namespace ringlet {

/// Returns the size of the next block of n > 0 remaining elements: the largest power of two that is
/// at most n.
[[gnu::always_inline]] constexpr std::size_t hadamard_block(std::size_t n) noexcept {
  std::size_t block = 1;
  while (block <= n / 2) block *= 2;
  return block;
}

/// Returns 1/√block for a power of two.
[[gnu::always_inline]] constexpr float hadamard_scale(std::size_t block) noexcept {
  float scale = 1.0F;
  for (; block >= 4; block /= 4) scale *= 0.5F;
  return block == 2 ? scale * 0.70710678118F : scale;
}

/// Transforms x in place: butterflies (a + b, a − b) of pairs `half` apart, for `half` from 1 to
/// block/2, then the factor 1/√block.
inline void hadamard_in_place(float* x, std::size_t n) noexcept {
  for (std::size_t block = 0; n > 0; x += block, n -= block) {
    block = hadamard_block(n);
    for (std::size_t half = 1; half < block; half *= 2) {
      for (std::size_t base = 0; base < block; base += 2 * half) {
        for (std::size_t i = base; i < base + half; ++i) {
          const float a = x[i];
          const float b = x[i + half];
          x[i] = a + b;
          x[i + half] = a - b;
        }
      }
    }
    for (std::size_t i = 0; i < block; ++i) x[i] *= hadamard_scale(block);
  }
}

}  // namespace ringlet

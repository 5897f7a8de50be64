// Activations and attention weights as pairs of 16-bit numbers, prepared once for many rows.
//
// INT4 codes need no shift and no mask register. With a byte n + 16·m (n and m the codes of columns
// k and k + 16), UXTB16 gives bytes, and AND leaves n. So
//
//   16·(n·x[k] + m·x[k+16]) = (n + 16·m)·x[k+16] + n·(16·x[k] − x[k+16]),
//
// whose factors fit into 16 bits. Dot products come out as multiples of 16, exactly; VCVT divides
// by 16 when it converts them.
#pragma once

#include "kernels/dsp/pairs.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// 32 numbers as pairs, in the order in which the assembly of rows.hpp reads them.
///   INT4, for k = 0, 4, 8, 12: bytes 0 and 2 (factors of n + 16·m, then of n), bytes 1 and 3
///   INT8, for k = 0, 4, …, 28: numbers 0 and 2, numbers 1 and 3
struct WideGroup {
  Pair pairs[16];
  std::int32_t start;  // what each sum of products begins with
  float scale;
};

/// 16·low − high. Neither half overflows: |low|, |high| ≤ 127.
inline Pair factors(Pair low, Pair high) {
  // The shift moves bits of the lower half into the upper one; the mask removes them.
  return static_cast<Pair>(
      __ssub16(static_cast<int16x2_t>(low << 4 & ~0x000F000FU), static_cast<int16x2_t>(high)));
}

/// 32 numbers for rows of INT4 codes.
inline void widen_int4(const std::int8_t* x, Pair* pairs) {
  for (std::size_t k = 0; k < 16; k += 4) {
    const Pairs low = load_pairs(x + k);
    const Pairs high = load_pairs(x + k + 16);
    pairs[k] = high.even;
    pairs[k + 1] = factors(low.even, high.even);
    pairs[k + 2] = high.odd;
    pairs[k + 3] = factors(low.odd, high.odd);
  }
}

/// n numbers, a multiple of four, for rows of INT8 codes.
inline void widen_int8(const std::int8_t* x, std::size_t n, Pair* pairs) {
  for (std::size_t k = 0; k < n; k += 4) {
    const Pairs four = load_pairs(x + k);
    pairs[k / 2] = four.even;
    pairs[k / 2 + 1] = four.odd;
  }
}

}  // namespace
}  // namespace ringlet::dsp

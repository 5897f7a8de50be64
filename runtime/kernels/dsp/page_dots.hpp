// Integer dot products over INT4 cache pages with the DSP extension. The contracts are in
// simd/int4_pages.hpp.
#pragma once

#include "kernels/dsp/rows.hpp"
#include "kernels/simd/int4_pages.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Four weights of 15 bits: a pair has room for both planes. The mask is needed because the high
/// plane can be negative.
inline Pairs load_weights(const simd::WeightPlanes& planes, std::size_t j) {
  const Pairs high = load_pairs(planes.high + j);
  const Pairs low = load_pairs(planes.low + j);
  constexpr std::uint32_t mask = 0xFF80FF80;
  return {(high.even << 7 & mask) | low.even, (high.odd << 7 & mask) | low.odd};
}

/// Adds the products for INT4 codes, stored plus 8: low nibbles times `x`, high nibbles times
/// `x16`. Weights of 15 bits leave no room for the factors of wide.hpp, so a mask extracts every
/// second nibble as a pair.
inline void add_weighted_nibbles(Dots& dots, const std::uint8_t* words, Pairs x, Pairs x16) {
  // In a register and opaque to the compiler, so that AND shifts its operand: one instruction per
  // pair.
  std::uint32_t mask = 0x000F000F;
  asm("" : "+r"(mask));
#pragma GCC unroll 4
  for (std::size_t r = 0; r < 4; ++r) {
    const std::uint32_t codes = load_word(words + 4 * r);
    std::int32_t sum = dots.row[r];
    sum = add_products(codes & mask, x.even, sum);
    sum = add_products(codes >> 8 & mask, x.odd, sum);
    sum = add_products(codes >> 4 & mask, x16.even, sum);
    dots.row[r] = add_products(codes >> 12 & mask, x16.odd, sum);
  }
}

struct PageDots {
  static constexpr std::size_t most_heads = 1;

  /// Rows are four positions, one group of 32 dimensions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride, const std::int8_t* query,
                        std::size_t, const std::int32_t* starts,
                        std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    Pair wide[packed::group_size / 2];
    widen_int4(query, wide);
    for (std::size_t j = 0; j < page::positions; j += 4, keys += quad_stride) {
      const std::uint8_t* line = keys;
      const Pair* x = wide;
      Dots four = {{16 * starts[0], 16 * starts[0], 16 * starts[0], 16 * starts[0]}};
#pragma GCC unroll 1
      for (std::size_t k = 0; k < 4; ++k) add_nibbles(four, line, x);
      for (std::size_t r = 0; r < 4; ++r) dots[0][j + r] = four.row[r] >> 4;
    }
  }

  /// Rows are four dimensions. A quad of rows is one line.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    static_assert(heads == 1);
    for (std::size_t q = 0; q < quads; ++q) {
      Dots four = {{starts[0], starts[0], starts[0], starts[0]}};
      for (std::size_t j = 0; j < 16; j += 4, lines += 16) {
        add_weighted_nibbles(four, lines, load_weights(weights[0], j),
                             load_weights(weights[0], j + 16));
      }
      for (std::size_t r = 0; r < 4; ++r) sums[0][4 * q + r] = four.row[r];
    }
  }
};

}  // namespace
}  // namespace ringlet::dsp

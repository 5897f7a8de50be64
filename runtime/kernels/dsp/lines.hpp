// Lines of packed_layout.hpp and cache_page.hpp, word by word. A word is four numbers of one row,
// and four rows follow each other.
#pragma once

#include "kernels/dsp/pairs.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// One sum for each of four rows.
struct Dots {
  std::int32_t row[4] = {};
};

/// Adds the products of four INT8 codes of each row and the same four numbers.
inline void add_words(Dots& dots, const std::uint8_t* words, Pairs x) {
#pragma GCC unroll 4
  for (std::size_t r = 0; r < 4; ++r) {
    const Pairs codes = widen(load_word(words + 4 * r));
    dots.row[r] = add_products(codes.even, x.even, dots.row[r]);
    dots.row[r] = add_products(codes.odd, x.odd, dots.row[r]);
  }
}

/// Adds the products for INT4 codes, stored plus 8: low nibbles times `x`, high nibbles times
/// `x16`. A mask extracts every second nibble as a pair that is ready to be multiplied.
inline void add_nibbles(Dots& dots, const std::uint8_t* words, Pairs x, Pairs x16) {
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

/// Four rows of an INT4 line times 32 numbers, starting at `offset`.
inline Dots dot_int4(const std::uint8_t* line, const std::int8_t* x, std::int32_t offset) {
  Dots dots = {{offset, offset, offset, offset}};
#pragma GCC unroll 4
  for (std::size_t k = 0; k < 16; k += 4) {
    add_nibbles(dots, line + 4 * k, load_pairs(x + k), load_pairs(x + k + 16));
  }
  return dots;
}

}  // namespace
}  // namespace ringlet::dsp

// Dot products of INT4 codes, two for each row and multiplication.
//
// A mask leaves codes 0 and 2 of a row as w0 + w2·2^16. Times x2 + x0·2^16 that is, modulo 2^32,
// w0·x2 + (w0·x0 + w2·x2)·2^16. The sums of both fields over a group are below 2^15 in magnitude,
// w·x by itself and the dot product because codes of −8…7 are: |8·127·32| = 32512. So one
// accumulator holds both, and the dot product is its upper half after rounding.
//
// With 64 bits a second row v has the fields above: w2·x0 + v0·x2, then v0·x0 + v2·x2. Both are
// sums over a whole group, and start like the dot product at −8·Σx.
#pragma once

#include "kernels/portable/word.hpp"

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// 32 numbers of 8 bits, prepared for products with INT4 codes.
struct NibbleFactors {
  Word pairs[16];  // for columns 4i and 16 + 4i: even and odd ones of each
  Word start;
};

/// `offset` is −8·Σx.
inline void prepare(const std::int8_t* x, std::int32_t offset, NibbleFactors& out) {
  Word* pair = out.pairs;
  for (std::size_t k = 0; k < 16; k += 4) {
    for (const std::int8_t* four = x + k; four <= x + k + 16; four += 16) {
      *pair++ = wrap(four[2]) + (wrap(four[0]) << 16);
      *pair++ = wrap(four[3]) + (wrap(four[1]) << 16);
    }
  }
  if constexpr (rows_in_word == 2) {
    out.start = wrap(offset) * 0x0001000100010000U + 0x0000800080008000U;
  } else {
    out.start = (wrap(offset) << 16) + 0x8000;
  }
}

/// Stores the dot products of the rows of an accumulator.
inline void store_dots(Word sum, std::int32_t* dots) {
  if constexpr (rows_in_word == 2) {
    dots[0] = static_cast<std::int32_t>(sum >> 16 & 0xFFFFU) - 0x8000;
    dots[1] = static_cast<std::int32_t>(static_cast<std::int64_t>(sum) >> 48);
  } else {
    dots[0] = static_cast<std::int32_t>(sum) >> 16;
  }
}

/// Adds the products of words of the same eight columns, 4k to 4k + 3 and 16 further on.
template <std::size_t words>
inline void add_nibbles(const std::uint8_t* codes, const Word* pairs, Word mask,
                        Word (&sums)[words]) {
#pragma GCC unroll 4
  for (std::size_t w = 0; w < words; ++w) {
    const Word word = load_word(codes + w * sizeof(Word));
    Word sum = sums[w];
    sum += (word & mask) * pairs[0];
    sum += (word >> 8 & mask) * pairs[1];
    sum += (word >> 4 & mask) * pairs[2];
    sums[w] = sum + (word >> 12 & mask) * pairs[3];
  }
}

#if defined(RINGLET_THUMB1)
/// Adds the products of one row. gcc would use registers that only MOV and ADD can name: half as
/// many instructions again.
inline void add_row(const std::uint8_t* codes, const Word* pairs, Word mask, Word& sum) {
  Word word;
  Word part;
  Word factor;
// clang-format off
#define RINGLET_ADD(offset, extract) \
  "ldr %[factor],[%[pairs],#" offset "]\n" extract \
  "muls %[factor],%[part]\n adds %[sum],%[sum],%[factor]\n"
#define RINGLET_SHIFTED(shift) "lsrs %[part],%[word],#" shift "\n ands %[part],%[mask]\n"
#define RINGLET_ADD_WORD(codes, first, second, third, fourth) \
  "ldr %[word],[%[codes],#" codes "]\n" \
  RINGLET_ADD(first, "movs %[part],%[word]\n ands %[part],%[mask]\n") \
  RINGLET_ADD(second, RINGLET_SHIFTED("8")) \
  RINGLET_ADD(third, RINGLET_SHIFTED("4")) \
  RINGLET_ADD(fourth, RINGLET_SHIFTED("12"))
  asm(".syntax unified\n"
      RINGLET_ADD_WORD("0", "0", "4", "8", "12")
      RINGLET_ADD_WORD("16", "16", "20", "24", "28")
      RINGLET_ADD_WORD("32", "32", "36", "40", "44")
      RINGLET_ADD_WORD("48", "48", "52", "56", "60")
      : [sum] "+l"(sum), [word] "=&l"(word), [part] "=&l"(part), [factor] "=&l"(factor)
      : [codes] "l"(codes), [pairs] "l"(pairs), [mask] "l"(mask)
      : "cc", "memory");
// clang-format on
#undef RINGLET_ADD_WORD
#undef RINGLET_SHIFTED
#undef RINGLET_ADD
}
#endif

/// The dot products of four rows.
template <std::size_t words>
inline void dot_quad(const std::uint8_t* line, const NibbleFactors& x, Word mask,
                     std::int32_t* dots) {
  for (std::size_t w = 0; w < words_in_quad; w += words) {
    Word sums[words];
    for (Word& sum : sums) sum = x.start;
#if defined(RINGLET_THUMB1)
    add_row(line + w * sizeof(Word), x.pairs, mask, sums[0]);
#else
#pragma GCC unroll nibble_steps_unrolled
    for (std::size_t k = 0; k < 16; k += 4) {
      add_nibbles(line + 4 * k + w * sizeof(Word), x.pairs + k, mask, sums);
    }
#endif
    for (const Word sum : sums) {
      store_dots(sum, dots);
      dots += rows_in_word;
    }
  }
}

/// The dot products of `quads` lines of four rows each, `line_stride` bytes apart.
// NOLINTNEXTLINE(misc-definitions-in-headers): the namespace has no name
[[gnu::noinline]] void dot_nibbles(const std::uint8_t* lines, std::size_t line_stride,
                                   std::size_t quads, const NibbleFactors& x, std::int32_t* dots) {
  // In a register and opaque to the compiler, which would rather shift first and use an immediate.
  Word mask = each_row(0x000F000F);
  asm("" : "+r"(mask));
  for (; quads > 0; --quads, lines += line_stride, dots += 4) {
    dot_quad<words_together>(lines, x, mask, dots);
  }
}

}  // namespace
}  // namespace ringlet::portable

// The inner steps of integer dot products: four codes of each of four rows. A step loads the rows'
// words with one instruction, so the compiler must not choose their registers.
#pragma once

#include "kernels/dsp/wide.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// One sum for each of four rows.
struct Dots {
  std::int32_t row[4];
};

// `sum` += the products of the pairs that UXTB16 or SXTB16 extracts from `word`.
#define RINGLET_EXTRACT(extract, pair, word, factor, sum) \
  extract " " pair "," word "\n smlad %[" sum "]," pair ",%[" factor "],%[" sum "]\n"
#define RINGLET_NIBBLES(pair, word, sum)          \
  RINGLET_EXTRACT("uxtb16", pair, word, "a", sum) \
  "and " pair "," pair ",#0x000F000F\n smlad %[" sum "]," pair ",%[b],%[" sum "]\n"

/// Adds the products of four bytes of INT4 codes of each row and four pairs of widen_int4, times
/// 16.
[[gnu::always_inline]] inline void add_nibbles(Dots& dots, const std::uint8_t*& words,
                                               const Pair*& x) {
  Pair a;
  Pair b;
  Pair t;
  asm("ldmia %[words]!,{r8,r9,r10,r11}\n"
      "ldrd %[a],%[b],[%[x]],#8\n"                //
      RINGLET_NIBBLES("%[t]", "r8", "s0")         //
      RINGLET_NIBBLES("%[t]", "r9", "s1")         //
      RINGLET_NIBBLES("%[t]", "r10", "s2")        //
      RINGLET_NIBBLES("%[t]", "r11", "s3")        //
      "ldrd %[a],%[b],[%[x]],#8\n"                //
      RINGLET_NIBBLES("r8", "r8,ror #8", "s0")    //
      RINGLET_NIBBLES("r9", "r9,ror #8", "s1")    //
      RINGLET_NIBBLES("r10", "r10,ror #8", "s2")  //
      RINGLET_NIBBLES("r11", "r11,ror #8", "s3")
      : [words] "+r"(words), [x] "+r"(x), [s0] "+r"(dots.row[0]), [s1] "+r"(dots.row[1]),
        [s2] "+r"(dots.row[2]), [s3] "+r"(dots.row[3]), [a] "=&r"(a), [b] "=&r"(b), [t] "=&r"(t)
      :
      : "r8", "r9", "r10", "r11", "memory");
}

#define RINGLET_BYTES(word, sum)                    \
  RINGLET_EXTRACT("sxtb16", "%[t]", word, "a", sum) \
  RINGLET_EXTRACT("sxtb16", word, word ",ror #8", "b", sum)

/// Adds the products of four INT8 codes of each row and two pairs of widen_int8.
[[gnu::always_inline]] inline void add_bytes(Dots& dots, const std::uint8_t*& words,
                                             const Pair*& x) {
  Pair a;
  Pair b;
  Pair t;
  asm("ldmia %[words]!,{r8,r9,r10,r11}\n"
      "ldrd %[a],%[b],[%[x]],#8\n"  //
      RINGLET_BYTES("r8", "s0")     //
      RINGLET_BYTES("r9", "s1")     //
      RINGLET_BYTES("r10", "s2")    //
      RINGLET_BYTES("r11", "s3")
      : [words] "+r"(words), [x] "+r"(x), [s0] "+r"(dots.row[0]), [s1] "+r"(dots.row[1]),
        [s2] "+r"(dots.row[2]), [s3] "+r"(dots.row[3]), [a] "=&r"(a), [b] "=&r"(b), [t] "=&r"(t)
      :
      : "r8", "r9", "r10", "r11", "memory");
}

#undef RINGLET_BYTES
#undef RINGLET_NIBBLES
#undef RINGLET_EXTRACT

/// Four rows of an INT4 line times a group of widen_int4: 16 times the dot products of the codes,
/// which are stored plus 8, and start. Moves `words` past the line.
inline Dots dot_int4(const std::uint8_t*& words, const Pair* x, std::int32_t start) {
  Dots dots = {{start, start, start, start}};
#pragma GCC unroll 4
  for (std::size_t k = 0; k < 4; ++k) add_nibbles(dots, words, x);
  return dots;
}

/// Adds the products of 16·lines INT8 codes of four rows.
inline void add_lines(Dots& dots, const std::uint8_t*& words, const Pair* x, std::size_t lines) {
  for (std::size_t half = 0; half < 2 * lines; ++half) {
    add_bytes(dots, words, x);
    add_bytes(dots, words, x);
  }
}

}  // namespace
}  // namespace ringlet::dsp

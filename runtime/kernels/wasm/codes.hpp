// Codes of weights, keys and values in registers. Sixteen bytes of a line are the same word (four
// codes) of four rows. As lanes of 16 bits, a shift leaves the codes of the even or of the odd
// columns, two of each row, and i32x4.dot_i16x8_s adds their products to one lane per row.
#pragma once

#include <wasm_simd128.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::wasm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Two codes in each row.
struct Halves {
  v128_t even;
  v128_t odd;
};

/// Signed bytes.
inline Halves split(v128_t bytes) {
  return {wasm_i16x8_shr(wasm_i16x8_shl(bytes, 8), 8), wasm_i16x8_shr(bytes, 8)};
}

/// Four codes of a vector, repeated for four rows. Aligned to 4 or not.
inline Halves load_word(const std::int8_t* p) { return split(wasm_v128_load32_splat(p)); }

/// sum plus the products of a word with four codes of each row.
inline v128_t add_products(v128_t sum, const Halves& codes, const Halves& word) {
  sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(codes.even, word.even));
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(codes.odd, word.odd));
}

/// Codes below 16 in the low nibbles of bytes, and in the high ones.
inline Halves low_nibbles(v128_t bytes) {
  const v128_t mask = wasm_i16x8_splat(15);
  return {wasm_v128_and(bytes, mask), wasm_v128_and(wasm_u16x8_shr(bytes, 8), mask)};
}
inline Halves high_nibbles(v128_t bytes) {
  return {wasm_v128_and(wasm_u16x8_shr(bytes, 4), wasm_i16x8_splat(15)), wasm_u16x8_shr(bytes, 12)};
}

/// A group of 32 codes: eight words.
struct Words {
  Halves word[8];
};

inline Words load_words(const std::int8_t* codes) {
  Words words;
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i) words.word[i] = load_word(codes + 4 * i);
  return words;
}

/// Four rows of an INT4 group, the 64 bytes from `line` on, times 32 codes, in one lane per row.
inline v128_t dot_int4(const std::uint8_t* line, const Words& x, v128_t sum) {
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    const v128_t bytes = wasm_v128_load(line + 16 * i);
    sum = add_products(sum, low_nibbles(bytes), x.word[i]);
    sum = add_products(sum, high_nibbles(bytes), x.word[4 + i]);
  }
  return sum;
}

/// Four rows of an INT8 group, 128 bytes.
inline v128_t dot_int8(const std::uint8_t* line, const Words& x, v128_t sum) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i) {
    sum = add_products(sum, split(wasm_v128_load(line + 16 * i)), x.word[i]);
  }
  return sum;
}

}  // namespace
}  // namespace ringlet::wasm

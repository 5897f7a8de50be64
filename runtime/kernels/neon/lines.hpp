// The 64-byte lines of weights, keys and values in registers of baseline NEON. Sixteen bytes are
// the same word (four codes) of four rows and are multiplied by one repeated word of activations.
// Rows 0 and 1 are summed in one int16 register, rows 2 and 3 in another, so that the words of a
// row are added lane by lane and only the last sum crosses lanes.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Four lanes of products for each of four rows.
struct Products {
  int16x8_t rows01;
  int16x8_t rows23;
};

/// Four codes, repeated. armv7 multiplies only half registers, so half of them suffices.
#if defined(__aarch64__)
using Word = int8x16_t;
inline int8x8_t low_half(Word word) { return vget_low_s8(word); }
inline Word load_word(const std::int8_t* p) {
  return vreinterpretq_s8_s32(vld1q_dup_s32(reinterpret_cast<const std::int32_t*>(p)));
}
inline int16x8_t multiply_high(int8x16_t a, Word b) { return vmull_high_s8(a, b); }
inline int16x8_t add_products_high(int16x8_t sum, int8x16_t a, Word b) {
  return vmlal_high_s8(sum, a, b);
}
#else
using Word = int8x8_t;
inline int8x8_t low_half(Word word) { return word; }
inline Word load_word(const std::int8_t* p) {
  return vreinterpret_s8_s32(vld1_dup_s32(reinterpret_cast<const std::int32_t*>(p)));
}
inline int16x8_t multiply_high(int8x16_t a, Word b) { return vmull_s8(vget_high_s8(a), b); }
inline int16x8_t add_products_high(int16x8_t sum, int8x16_t a, Word b) {
  return vmlal_s8(sum, vget_high_s8(a), b);
}
#endif

inline int8x16_t load_codes(const std::uint8_t* line) {
  return vreinterpretq_s8_u8(vld1q_u8(line));
}

inline Products multiply(int8x16_t codes, Word word) {
  return {vmull_s8(vget_low_s8(codes), low_half(word)), multiply_high(codes, word)};
}

inline void add_products(Products& sum, int8x16_t codes, Word word) {
  sum.rows01 = vmlal_s8(sum.rows01, vget_low_s8(codes), low_half(word));
  sum.rows23 = add_products_high(sum.rows23, codes, word);
}

// INT4: a lane of a row is the sum of eight products of a code below 16 and one in ±127, and two
// lanes are added before they are widened.
static_assert(2 * 8 * 15 * 127 <= INT16_MAX);

// Two products of INT8 codes fit into int16, provided that −128 does not occur.
static_assert(2 * 127 * 127 <= INT16_MAX);

/// Sums over INT8 lines: pairs of products in int16, then int32, in two lanes per row.
struct WideSums {
  int32x4_t rows01 = vdupq_n_s32(0);
  int32x4_t rows23 = vdupq_n_s32(0);
};

/// Adds the products of two words of four rows, 32 bytes from `line` on.
inline void add_word_pair(WideSums& sums, int8x16_t first, int8x16_t second, Word word0,
                          Word word1) {
  Products pair = multiply(first, word0);
  add_products(pair, second, word1);
  sums.rows01 = vpadalq_s16(sums.rows01, pair.rows01);
  sums.rows23 = vpadalq_s16(sums.rows23, pair.rows23);
}

/// Reduces to one lane per row.
inline int32x4_t reduce(const WideSums& sums) {
#if defined(__aarch64__)
  return vpaddq_s32(sums.rows01, sums.rows23);
#else
  return vcombine_s32(vpadd_s32(vget_low_s32(sums.rows01), vget_high_s32(sums.rows01)),
                      vpadd_s32(vget_low_s32(sums.rows23), vget_high_s32(sums.rows23)));
#endif
}

}  // namespace
}  // namespace ringlet::neon

// Integer dot products over INT8 and INT4 cache pages. The contracts are in simd/attention.hpp and
// simd/int4_pages.hpp.
#pragma once

#include "kernels/rvv/codes.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::rvv {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 1;

  /// Rows are positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries,
                   std::size_t /*query_stride*/, std::size_t lines,
                   std::int32_t (*dots)[page::positions]) {
    alignas(64) std::int8_t words[page::largest_head_dim / 16][line_bytes];
    for (std::size_t i = 0; i < lines; ++i) {
      __riscv_vse8_v_i8m4(words[i], repeat(queries + 16 * i), line_bytes);
    }
    for (std::size_t j = 0; j < page::positions; j += 16) {
      IntSums sums;
#pragma clang loop unroll(disable)
      for (std::size_t quad = 0; quad < 4; ++quad, keys += line_bytes * lines) {
        sums.set(quad, add_words_and_pairs(multiply_keys(keys, words[0], lines)));
      }
      __riscv_vse32_v_i32m4(dots[0] + j, sums.add_columns(), 16);
    }
  }

  /// Rows are dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    const vint8m4_t high = repeat(weights->high);
    const vint8m4_t next_high = repeat(weights->high + 16);
    const vint8m4_t low = repeat(weights->low);
    const vint8m4_t next_low = repeat(weights->low + 16);
    IntSums rows;
#pragma clang loop unroll(disable)
    for (std::size_t q = 0; q < quads; ++q, lines += 2 * line_bytes) {
      const vint32m8_t upper_bits = add_halves(multiply_int8(lines, high, next_high));
      rows.set(q, add_words_and_pairs(add_halves(__riscv_vsll_vx_i32m8(upper_bits, 7, 32),
                                                 multiply_int8(lines, low, next_low))));
    }
    __riscv_vse32_v_i32m4(sums[0], rows.add_columns(), 16);
  }

  /// Rows are positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t /*query_stride*/,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    const vint8m4_t words = repeat(queries);
    const vint8m4_t next_words = repeat(queries + 16);
    for (std::size_t j = 0; j < page::positions; j += 16) {
      HalfSums sums;
#pragma clang loop unroll(disable)
      for (std::size_t quad = 0; quad < 4; ++quad, keys += quad_stride) {
        sums.set(quad, add_words(multiply_int4(keys, words, next_words)));
      }
      const vint32m4_t rows = __riscv_vadd_vx_i32m4(sums.add_columns(), starts[0], 16);
      __riscv_vse32_v_i32m4(dots[0] + j, rows, 16);
    }
  }

  /// Rows are dimensions.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    const vint8m4_t high = repeat(weights->high);
    const vint8m4_t next_high = repeat(weights->high + 16);
    const vint8m4_t low = repeat(weights->low);
    const vint8m4_t next_low = repeat(weights->low + 16);
    HalfSums high_rows;
    HalfSums low_rows;
#pragma clang loop unroll(disable)
    for (std::size_t q = 0; q < quads; ++q, lines += line_bytes) {
      high_rows.set(q, add_words(multiply_int4(lines, high, next_high)));
      low_rows.set(q, add_words(multiply_int4(lines, low, next_low)));
    }
    const vint32m4_t upper_bits = __riscv_vsll_vx_i32m4(high_rows.add_columns(), 7, 16);
    const vint32m4_t rows = __riscv_vadd_vv_i32m4(upper_bits, low_rows.add_columns(), 16);
    __riscv_vse32_v_i32m4(sums[0], __riscv_vadd_vx_i32m4(rows, starts[0], 16), 16);
  }

 private:
  /// Four positions: a lane for each of two words, each position and each column.
  static vint32m8_t multiply_keys(const std::uint8_t* keys, const std::int8_t* words,
                                  std::size_t lines) {
    vint32m8_t sums = __riscv_vmv_v_x_i32m8(0, 32);
    const std::uint8_t* const end = keys + line_bytes * lines;
    for (; end - keys >= 128; keys += 2 * line_bytes, words += 2 * line_bytes) {
      sums = add_halves(sums, multiply_int8(keys, __riscv_vle8_v_i8m4(words, line_bytes),
                                            __riscv_vle8_v_i8m4(words + line_bytes, line_bytes)));
    }
    if (keys == end) return sums;
    const vint8m4_t last = __riscv_vle8_v_i8m4(words, line_bytes);
    return add_halves(sums, __riscv_vwmul_vv_i16m8(load_line(keys), last, line_bytes));
  }
};

}  // namespace
}  // namespace ringlet::rvv

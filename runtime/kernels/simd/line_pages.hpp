// Integer dot products over cache pages for registers that hold the same word of eight or sixteen
// rows, transposed from lines of four. avx2/, avxvnni/ and avx512/ share this code. The contracts
// are in attention.hpp and int4_pages.hpp.
//
// A set provides Lines with:
//
//   Register               32-bit lanes, one for each of `rows` rows
//   rows                   8 or 16
//   chains                 parallel sums of one row, 1 or 2: two if the product is a single
//                          instruction whose result the next one waits for
//   Words load_words(lines, stride, count)      word[0…3] of rows/4 lines; those from `count` on
//                                               are unspecified
//   Register broadcast_word(const int8_t*)      four codes in every lane
//   Register set(int32_t), add(a, b), void store(int32_t*, Register)
//   Register join_planes(high, low)             128·high + low
//   Register add_weights(sum, weights, codes)   weights in 0…127, codes in ±127
//   Key key(Register), add_key(sum, Key, query) keys in ±127, minus the excess in key_start
//   int32_t key_start(query, count)             count is a multiple of 32
//   Register low_nibbles(Register), high_nibbles(Register)
//   Register add_nibbles(sum, nibbles, codes)   up to eight times from zero, then widen(sum)
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simd/attention.hpp"

namespace ringlet::simd {

template <typename Lines>
struct LinePages {
  using Register = typename Lines::Register;
  static constexpr std::size_t most_heads = Lines::most_heads;
  static constexpr std::size_t lines_of_rows = Lines::rows / 4;

  /// Rows are positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t query_stride,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    Register starts[heads];
    for (std::size_t h = 0; h < heads; ++h) {
      starts[h] = Lines::set(Lines::key_start(queries + h * query_stride, query_stride));
    }
    for (std::size_t j = 0; j < page::positions; j += Lines::rows) {
      Register sums[Lines::chains][heads];
      begin(sums, starts);
      for (std::size_t l = 0; l < lines; ++l) {
        const std::uint8_t* first = keys + (j / 4 * lines + l) * 64;
        const auto words = Lines::load_words(first, lines * 64, lines_of_rows);
#pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w) {
          const auto key = Lines::key(words.word[w]);
          for (std::size_t h = 0; h < heads; ++h) {
            Register& sum = sums[w % Lines::chains][h];
            const std::int8_t* query = queries + h * query_stride + l * 16 + w * 4;
            sum = Lines::add_key(sum, key, Lines::broadcast_word(query));
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) Lines::store(dots[h] + j, total(sums, h));
    }
  }

  /// Rows are dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads, const WeightPlanes* weights,
                     std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; q += lines_of_rows) {
      Register high[heads];
      Register low[heads];
      for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = Lines::set(0);
      for (std::size_t half = 0; half < 2; ++half) {
        const auto words = Lines::load_words(lines + (q * 2 + half) * 64, 128, quads - q);
#pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w) {
          const std::size_t at = half * 16 + w * 4;
          for (std::size_t h = 0; h < heads; ++h) {
            const Register codes = words.word[w];
            high[h] =
                Lines::add_weights(high[h], Lines::broadcast_word(weights[h].high + at), codes);
            low[h] = Lines::add_weights(low[h], Lines::broadcast_word(weights[h].low + at), codes);
          }
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        Lines::store(sums[h] + q * 4, Lines::join_planes(high[h], low[h]));
      }
    }
  }

  /// Rows are positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t query_stride,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += Lines::rows) {
      const auto words = Lines::load_words(keys + j / 4 * quad_stride, quad_stride, lines_of_rows);
      Register sums[Lines::chains][heads];
      begin(sums);
#pragma GCC unroll 4
      for (std::size_t w = 0; w < 4; ++w) {
        const Register low = Lines::low_nibbles(words.word[w]);
        const Register high = Lines::high_nibbles(words.word[w]);
        for (std::size_t h = 0; h < heads; ++h) {
          const std::int8_t* query = queries + h * query_stride + w * 4;
          Register& first = sums[0][h];
          first = Lines::add_nibbles(first, low, Lines::broadcast_word(query));
          Register& last = sums[Lines::chains - 1][h];
          last = Lines::add_nibbles(last, high, Lines::broadcast_word(query + 16));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        const Register sum = Lines::widen(total(sums, h));
        Lines::store(dots[h] + j, Lines::add(sum, Lines::set(starts[h])));
      }
    }
  }

  /// Rows are dimensions.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads, const WeightPlanes* weights,
                          const std::int32_t* starts, std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; q += lines_of_rows) {
      const auto words = Lines::load_words(lines + q * 64, 64, quads - q);
      Register high[heads];
      Register low[heads];
      for (std::size_t h = 0; h < heads; ++h) high[h] = low[h] = Lines::set(0);
#pragma GCC unroll 4
      for (std::size_t w = 0; w < 4; ++w) {
        const Register early = Lines::low_nibbles(words.word[w]);
        const Register late = Lines::high_nibbles(words.word[w]);
        for (std::size_t h = 0; h < heads; ++h) {
          const WeightPlanes& plane = weights[h];
          high[h] = Lines::add_nibbles(high[h], early, Lines::broadcast_word(plane.high + w * 4));
          high[h] =
              Lines::add_nibbles(high[h], late, Lines::broadcast_word(plane.high + 16 + w * 4));
          low[h] = Lines::add_nibbles(low[h], early, Lines::broadcast_word(plane.low + w * 4));
          low[h] = Lines::add_nibbles(low[h], late, Lines::broadcast_word(plane.low + 16 + w * 4));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) {
        const Register sum = Lines::join_planes(Lines::widen(high[h]), Lines::widen(low[h]));
        Lines::store(sums[h] + q * 4, Lines::add(sum, Lines::set(starts[h])));
      }
    }
  }

 private:
  template <std::size_t heads>
  static void begin(Register (&sums)[Lines::chains][heads]) {
    for (auto& chain : sums) {
      for (Register& sum : chain) sum = Lines::set(0);
    }
  }
  template <std::size_t heads>
  static void begin(Register (&sums)[Lines::chains][heads], const Register (&starts)[heads]) {
    begin(sums);
    for (std::size_t h = 0; h < heads; ++h) sums[0][h] = starts[h];
  }
  template <std::size_t heads>
  static Register total(const Register (&sums)[Lines::chains][heads], std::size_t h) {
    if constexpr (Lines::chains == 1) return sums[0][h];
    return Lines::add(sums[0][h], sums[Lines::chains - 1][h]);
  }
};

}  // namespace ringlet::simd

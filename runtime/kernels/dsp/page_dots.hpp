// Integer dot products over INT8 cache pages with the DSP extension. Contract: simd/attention.hpp.
#pragma once

#include "kernels/dsp/lines.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 1;

  /// Rows are four positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t lines,
                   std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    for (std::size_t j = 0; j < page::positions; j += 4) {
      Dots four;
      for (std::size_t i = 0; i < 16 * lines; i += 4, keys += 16) {
        add_words(four, keys, load_word(queries + i));
      }
      for (std::size_t r = 0; r < 4; ++r) dots[0][j + r] = four.row[r];
    }
  }

  /// Rows are four dimensions. A pair has room for all 15 bits of a weight, so the two planes are
  /// put together again.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    static_assert(heads == 1);
    for (std::size_t q = 0; q < quads; ++q) {
      Dots four;
      for (std::size_t j = 0; j < page::positions; j += 4, lines += 16) {
        const std::uint32_t high = load_word(weights[0].high + j);
        const std::uint32_t low = load_word(weights[0].low + j);
        // Neither plane is negative: the sum of a half stays below 2^15.
        const Pair w_even = (even(high) << 7) + even(low);
        const Pair w_odd = (odd(high) << 7) + odd(low);
        for (std::size_t r = 0; r < 4; ++r) {
          const std::uint32_t codes = load_word(lines + 4 * r);
          four.row[r] = add_products(even(codes), w_even, four.row[r]);
          four.row[r] = add_products(odd(codes), w_odd, four.row[r]);
        }
      }
      for (std::size_t r = 0; r < 4; ++r) sums[0][4 * q + r] = four.row[r];
    }
  }
};

}  // namespace
}  // namespace ringlet::dsp

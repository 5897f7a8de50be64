// Integer dot products over INT8 and INT4 cache pages with the DSP extension. The contracts are in
// simd/attention.hpp and simd/int4_pages.hpp.
#pragma once

#include "kernels/dsp/lines.hpp"
#include "kernels/simd/attention.hpp"

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

struct PageDots {
  static constexpr std::size_t most_heads = 1;

  /// Rows are four positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* query, std::size_t,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    for (std::size_t j = 0; j < page::positions; j += 4) {
      Dots four;
      for (std::size_t i = 0; i < 16 * lines; i += 4, keys += 16) {
        add_words(four, keys, load_pairs(query + i));
      }
      store(four, dots[0] + j);
    }
  }

  /// Rows are four dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    static_assert(heads == 1);
    for (std::size_t q = 0; q < quads; ++q) {
      Dots four;
      for (std::size_t j = 0; j < page::positions; j += 4, lines += 16) {
        add_words(four, lines, load_weights(weights[0], j));
      }
      store(four, sums[0] + 4 * q);
    }
  }

  /// Rows are four positions, one group of 32 dimensions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride, const std::int8_t* query,
                        std::size_t, const std::int32_t* starts,
                        std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    for (std::size_t j = 0; j < page::positions; j += 4, keys += quad_stride) {
      store(dot_int4(keys, query, starts[0]), dots[0] + j);
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
        add_nibbles(four, lines, load_weights(weights[0], j), load_weights(weights[0], j + 16));
      }
      store(four, sums[0] + 4 * q);
    }
  }

 private:
  static void store(const Dots& dots, std::int32_t* to) {
    for (std::size_t r = 0; r < 4; ++r) to[r] = dots.row[r];
  }
};

}  // namespace
}  // namespace ringlet::dsp

// Integer dot products over INT8 and INT4 cache pages. The contracts are in simd/attention.hpp and
// simd/int4_pages.hpp.
#pragma once

#include "kernels/portable/bytes.hpp"
#include "kernels/portable/nibbles.hpp"
#include "kernels/portable/vector.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 1;

  /// Rows are four positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* query, std::size_t,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    for (std::size_t j = 0; j < page::positions; j += 4, keys += 64 * lines) {
      dot_bytes(keys, query, 16 * lines, dots[0] + j);
    }
  }

  /// Rows are four dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    static_assert(heads == 1);
    std::int16_t levels[page::positions];
    for (std::size_t j = 0; j < page::positions; ++j) {
      levels[j] = static_cast<std::int16_t>(128 * weights[0].high[j] + weights[0].low[j]);
    }
    for (std::size_t q = 0; q < quads; ++q) {
      dot_bytes(lines + 128 * q, levels, page::positions, sums[0] + 4 * q);
    }
  }

  /// Rows are four positions, one group of 32 dimensions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride, const std::int8_t* query,
                        std::size_t, const std::int32_t* starts,
                        std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    NibbleFactors factors;
    prepare(query, starts[0], factors);
    dot_nibbles(keys, quad_stride, page::positions / 4, factors, dots[0]);
  }

  /// Rows are four dimensions. Each plane of the weights has sums that fit into the fields.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    static_assert(heads == 1);
    const std::int32_t low_start = -8 * Vector::sum_int8_32(weights[0].low);
    NibbleFactors factors;
    prepare(weights[0].low, low_start, factors);
    dot_nibbles(lines, 64, quads, factors, sums[0]);
    prepare(weights[0].high, (starts[0] - low_start) / 128, factors);
    std::int32_t high[16];
    dot_nibbles(lines, 64, quads, factors, high);
    for (std::size_t i = 0; i < 4 * quads; ++i) sums[0][i] += 128 * high[i];
  }
};

}  // namespace
}  // namespace ringlet::portable

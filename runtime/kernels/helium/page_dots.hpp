// Integer dot products over INT4 cache pages for Helium. The contracts are in
// simd/int4_pages.hpp.
#pragma once

#include "kernels/helium/lines.hpp"
#include "kernels/simd/int4_pages.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  // Two heads would need eight sums, and only eight registers can hold them; with the loop counter,
  // that is one too few.
  static constexpr std::size_t most_heads = 1;

  /// Rows are four positions, one group of 32 dimensions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride, const std::int8_t* query,
                        std::size_t, const std::int32_t* starts,
                        std::int32_t (*dots)[page::positions]) {
    static_assert(heads == 1);
    for (std::size_t j = 0; j < page::positions; j += 4, keys += quad_stride) {
      vstrwq_s32(dots[0] + j, dot_int4(load_rows(keys), query, starts[0]));
    }
  }

  /// Rows are four dimensions. A quad of rows is one line.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    static_assert(heads == 1);
    for (std::size_t q = 0; q < quads; ++q, lines += 64) {
      const Rows rows = load_rows(lines);
      const int32x4_t high = dot_int4(rows, weights[0].high, 0);
      const int32x4_t low = dot_int4(rows, weights[0].low, starts[0]);
      vstrwq_s32(sums[0] + 4 * q, vaddq_s32(vshlq_n_s32(high, 7), low));
    }
  }
};

}  // namespace
}  // namespace ringlet::helium

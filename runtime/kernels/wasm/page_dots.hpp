// Integer dot products over INT8 and INT4 cache pages. The contracts are in simd/attention.hpp and
// simd/int4_pages.hpp.
#pragma once

#include "kernels/simd/attention.hpp"
#include "kernels/wasm/codes.hpp"

namespace ringlet::wasm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct PageDots {
  static constexpr std::size_t most_heads = 2;

  /// Lanes are four positions.
  template <std::size_t heads>
  static void keys(const std::uint8_t* keys, const std::int8_t* queries, std::size_t query_stride,
                   std::size_t lines, std::int32_t (*dots)[page::positions]) {
    for (std::size_t j = 0; j < page::positions; j += 4) {
      v128_t sums[heads];
      for (v128_t& sum : sums) sum = wasm_i32x4_splat(0);
      for (std::size_t word = 0; word < 4 * lines; ++word, keys += 16) {
        const Halves codes = split(wasm_v128_load(keys));
        for (std::size_t h = 0; h < heads; ++h) {
          sums[h] = add_products(sums[h], codes, load_word(queries + h * query_stride + 4 * word));
        }
      }
      for (std::size_t h = 0; h < heads; ++h) wasm_v128_store(dots[h] + j, sums[h]);
    }
  }

  /// 128 · high + low.
  static v128_t join(v128_t high, v128_t low) {
    return wasm_i32x4_add(wasm_i32x4_shl(high, 7), low);
  }

  /// Lanes are four dimensions.
  template <std::size_t heads>
  static void values(const std::uint8_t* lines, std::size_t quads,
                     const simd::WeightPlanes* weights, std::int32_t (*sums)[16]) {
    for (std::size_t q = 0; q < quads; ++q) {
      v128_t high[heads];
      v128_t low[heads];
      for (v128_t& sum : high) sum = wasm_i32x4_splat(0);
      for (v128_t& sum : low) sum = wasm_i32x4_splat(0);
      for (std::size_t j = 0; j < page::positions; j += 4, lines += 16) {
        const Halves codes = split(wasm_v128_load(lines));
        for (std::size_t h = 0; h < heads; ++h) {
          high[h] = add_products(high[h], codes, load_word(weights[h].high + j));
          low[h] = add_products(low[h], codes, load_word(weights[h].low + j));
        }
      }
      for (std::size_t h = 0; h < heads; ++h)
        wasm_v128_store(sums[h] + q * 4, join(high[h], low[h]));
    }
  }

  /// Lanes are four positions.
  template <std::size_t heads>
  static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
                        const std::int8_t* queries, std::size_t query_stride,
                        const std::int32_t* starts, std::int32_t (*dots)[page::positions]) {
    for (std::size_t h = 0; h < heads; ++h) {
      const Words query = load_words(queries + h * query_stride);
      const v128_t start = wasm_i32x4_splat(starts[h]);
      for (std::size_t j = 0; j < page::positions; j += 4) {
        wasm_v128_store(dots[h] + j, dot_int4(keys + j / 4 * quad_stride, query, start));
      }
    }
  }

  /// Lanes are four dimensions.
  template <std::size_t heads>
  static void values_int4(const std::uint8_t* lines, std::size_t quads,
                          const simd::WeightPlanes* weights, const std::int32_t* starts,
                          std::int32_t (*sums)[16]) {
    for (std::size_t h = 0; h < heads; ++h) {
      const Words high = load_words(weights[h].high);
      const Words low = load_words(weights[h].low);
      const v128_t start = wasm_i32x4_splat(starts[h]);
      for (std::size_t q = 0; q < quads; ++q) {
        const std::uint8_t* line = lines + 64 * q;
        wasm_v128_store(sums[h] + q * 4, join(dot_int4(line, high, wasm_i32x4_splat(0)),
                                              dot_int4(line, low, start)));
      }
    }
  }
};

}  // namespace
}  // namespace ringlet::wasm

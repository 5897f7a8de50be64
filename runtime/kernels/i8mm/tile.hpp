// Tiles: four rows times two to four pairs of tokens, or two rows times five to eight. tile.inc
// explains the order of their instructions, tiles_int4.S and tiles_int8.S contain them.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "kernels/dotprod/biased.hpp"

namespace ringlet::i8mm {

/// What every loop needs in registers.
struct alignas(16) Constants {
  float bias[4];  // dotprod/biased.hpp
  std::uint8_t fifteen[16];
};

/// Adds `groups` ≥ 1 groups to the sums of a tile. Per sum, for each group in ascending order: sum
/// = fma(float(dot), scale·x_scale, sum). `codes` and `scales` are those of the tile's quad in the
/// first group of a panel, `scales` of the first of two rows. `x` comes from interleave(). Codes
/// are prefetched `prefetch_bytes` ahead.
///
/// A sum is a vector: rows a, b and tokens s, t in the order as, at, bs, bt. Four rows have eight
/// sums, those of the first two rows first, in each half one for each pair of tokens. Two rows have
/// eight sums, one for each pair. Those without a pair are not used.
using Tile = void(const std::uint8_t* codes, const std::uint16_t* scales, const std::uint8_t* x,
                  std::size_t groups, float32x4_t* sums, std::size_t prefetch_bytes,
                  const Constants* constants);

}  // namespace ringlet::i8mm

// By format, number of pairs and, of two rows, their places in the quad.
extern "C" {
ringlet::i8mm::Tile ringlet_i8mm_multiply_int4_2, ringlet_i8mm_multiply_int4_3,
    ringlet_i8mm_multiply_int4_4, ringlet_i8mm_multiply_int4_5_01, ringlet_i8mm_multiply_int4_5_23,
    ringlet_i8mm_multiply_int4_6_01, ringlet_i8mm_multiply_int4_6_23,
    ringlet_i8mm_multiply_int4_7_01, ringlet_i8mm_multiply_int4_7_23,
    ringlet_i8mm_multiply_int4_8_01, ringlet_i8mm_multiply_int4_8_23, ringlet_i8mm_multiply_int8_2,
    ringlet_i8mm_multiply_int8_3, ringlet_i8mm_multiply_int8_4, ringlet_i8mm_multiply_int8_5_01,
    ringlet_i8mm_multiply_int8_5_23, ringlet_i8mm_multiply_int8_6_01,
    ringlet_i8mm_multiply_int8_6_23, ringlet_i8mm_multiply_int8_7_01,
    ringlet_i8mm_multiply_int8_7_23, ringlet_i8mm_multiply_int8_8_01,
    ringlet_i8mm_multiply_int8_8_23;
}

namespace ringlet::i8mm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

inline constexpr std::size_t least_pairs = 2;
inline constexpr std::size_t most_pairs = 8;
inline constexpr std::size_t most_pairs_of_four_rows = 4;

inline constexpr Constants constants = {
    {dotprod::bias, dotprod::bias, dotprod::bias, dotprod::bias},
    {15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15}};

/// Tiles of four rows for 2 to 4 pairs.
template <bool int4>
inline constexpr Tile* four_rows[] = {ringlet_i8mm_multiply_int8_2, ringlet_i8mm_multiply_int8_3,
                                      ringlet_i8mm_multiply_int8_4};
template <>
inline constexpr Tile* four_rows<true>[] = {
    ringlet_i8mm_multiply_int4_2, ringlet_i8mm_multiply_int4_3, ringlet_i8mm_multiply_int4_4};

/// Tiles of rows 0 and 1, and of rows 2 and 3 of a quad, for 5 to 8 pairs.
template <bool int4>
inline constexpr Tile* two_rows[][2] = {
    {ringlet_i8mm_multiply_int8_5_01, ringlet_i8mm_multiply_int8_5_23},
    {ringlet_i8mm_multiply_int8_6_01, ringlet_i8mm_multiply_int8_6_23},
    {ringlet_i8mm_multiply_int8_7_01, ringlet_i8mm_multiply_int8_7_23},
    {ringlet_i8mm_multiply_int8_8_01, ringlet_i8mm_multiply_int8_8_23}};
template <>
inline constexpr Tile* two_rows<true>[][2] = {
    {ringlet_i8mm_multiply_int4_5_01, ringlet_i8mm_multiply_int4_5_23},
    {ringlet_i8mm_multiply_int4_6_01, ringlet_i8mm_multiply_int4_6_23},
    {ringlet_i8mm_multiply_int4_7_01, ringlet_i8mm_multiply_int4_7_23},
    {ringlet_i8mm_multiply_int4_8_01, ringlet_i8mm_multiply_int4_8_23}};

/// Adds the products of four rows. For two rows at a time, sums has twice eight vectors.
template <bool int4>
inline void add_quad(const std::uint8_t* codes, const std::uint16_t* scales, const std::uint8_t* x,
                     std::size_t groups, std::size_t pairs, float32x4_t* sums,
                     std::size_t prefetch_bytes) {
  if (pairs <= most_pairs_of_four_rows) {
    return four_rows<int4>[pairs - least_pairs](codes, scales, x, groups, sums, prefetch_bytes,
                                                &constants);
  }
  for (std::size_t half = 0; half < 2; ++half) {
    two_rows<int4>[pairs - most_pairs_of_four_rows - 1][half](
        codes, scales + 2 * half, x, groups, sums + most_pairs * half, prefetch_bytes, &constants);
  }
}

}  // namespace
}  // namespace ringlet::i8mm

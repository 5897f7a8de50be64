// Scores and values of INT4 cache pages over a vector type V (README.md), except the integer dot
// products.
//
// A set provides those as Dots, with most_heads query heads that share the loaded keys or values:
//
//   template <std::size_t heads>
//   static void keys_int4(const std::uint8_t* keys, std::size_t quad_stride,
//                         const std::int8_t* queries, std::size_t query_stride,
//                         const std::int32_t* starts, std::int32_t (*dots)[page::positions]);
//     One group of 32 dimensions: dots[h][j] = starts[h] + Σ queries[h·query_stride + i] ·
//     code_j[i] with codes in 0…15; quad j/4 of positions is the line at keys + j/4 · quad_stride.
//   template <std::size_t heads>
//   static void values_int4(const std::uint8_t* lines, std::size_t quads,
//                           const WeightPlanes* weights, const std::int32_t* starts,
//                           std::int32_t (*sums)[16]);
//     sums[h][i] = starts[h] + Σ_j (128·high[j] + low[j]) · code_j[i] with codes in 0…15, for i <
//     4·quads, 1 ≤ quads ≤ 4; the rest of sums[h] is unspecified.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cache_page.hpp"
#include "kernels/simd/attention.hpp"

namespace ringlet::simd {

inline constexpr std::size_t int4_group = 32;

/// score_int4 for `heads` heads.
template <typename V, typename Dots, std::size_t heads>
void score_int4_heads(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                      std::size_t groups, float* scores, std::size_t score_stride) {
  alignas(64) std::int32_t dots[heads][page::positions];
  alignas(64) float sums[heads][page::positions] = {};
  for (std::size_t g = 0; g < groups; ++g) {
    std::int32_t starts[heads];
    for (std::size_t h = 0; h < heads; ++h) {
      starts[h] = -8 * V::sum_int8_32(queries + (h * groups + g) * int4_group);
    }
    Dots::template keys_int4<heads>(page.keys + g * 64, groups * 64, queries + g * int4_group,
                                    groups * int4_group, starts, dots);
    for (std::size_t j = 0; j < page::positions; j += V::width) {
      const auto scale = V::load_half(page.key_scales + g * page::positions + j);
      for (std::size_t h = 0; h < heads; ++h) {
        const auto dot = V::to_floats(V::load_ints(dots[h] + j));
        V::store(sums[h] + j, V::fma(dot, scale, V::load(sums[h] + j)));
      }
    }
  }
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t j = 0; j < page::positions; j += V::width) {
      V::store(scores + h * score_stride + j,
               V::mul(V::load(sums[h] + j), V::set(query_scales[h])));
    }
  }
}

template <typename V, typename Dots>
void score_int4(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride) {
  const std::size_t groups = page::int4_groups(head_dim);
  in_blocks<Dots::most_heads>(heads, [&]<std::size_t block>(std::size_t h) {
    score_int4_heads<V, Dots, block>(page, queries + h * groups * int4_group, query_scales + h,
                                     groups, scores + h * score_stride, score_stride);
  });
}

/// One group of 32 dimensions for `heads` heads, sixteen dimensions at a time.
template <typename V, typename Dots, std::size_t heads>
void accumulate_int4_group(const CachePage& page, const WeightPlanes* planes,
                           const std::int32_t* starts, std::size_t first, std::size_t last,
                           std::size_t head_dim, float* out) {
  for (std::size_t i = first; i < last; i += 16) {
    alignas(64) std::int32_t sums[heads][16];
    const std::size_t n = last - i < 16 ? last - i : 16;
    Dots::template values_int4<heads>(page.values + i / 4 * 64, (n + 3) / 4, planes, starts, sums);
    for (std::size_t h = 0; h < heads; ++h) {
      if (planes[h].unit != 0.0F) add_sums<V>(sums[h], planes[h].unit, n, out + h * head_dim + i);
    }
  }
}

/// accumulate_int4 for `heads` heads.
template <typename V, typename Dots, std::size_t heads>
void accumulate_int4_heads(const CachePage& page, const float* weights, std::size_t weight_stride,
                           std::size_t head_dim, float* out) {
  for (std::size_t g = 0; g < page::int4_groups(head_dim); ++g) {
    WeightPlanes planes[heads];
    std::int32_t starts[heads];  // because codes are stored plus 8
    bool nothing = true;
    for (std::size_t h = 0; h < heads; ++h) {
      starts[h] = -8 * split_weights<V, true>(weights + h * weight_stride,
                                              page.value_scales + g * page::positions, planes[h]);
      nothing = nothing && planes[h].unit == 0.0F;
    }
    if (nothing) continue;
    const std::size_t first = g * int4_group;
    const std::size_t last = head_dim < first + int4_group ? head_dim : first + int4_group;
    accumulate_int4_group<V, Dots, heads>(page, planes, starts, first, last, head_dim, out);
  }
}

template <typename V, typename Dots>
void accumulate_int4(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out) {
  in_blocks<Dots::most_heads>(heads, [&]<std::size_t block>(std::size_t h) {
    accumulate_int4_heads<V, Dots, block>(page, weights + h * weight_stride, weight_stride,
                                          head_dim, out + h * head_dim);
  });
}

}  // namespace ringlet::simd

// Attention kernels over a vector type V (see README.md): softmax, folding, and everything for INT8
// pages except the integer dot products.
//
// A set provides those as Dots, with most_heads query heads that share the loaded keys or values:
//
//   template <std::size_t heads>
//   static void keys(const std::uint8_t* keys, const std::int8_t* queries,
//                    std::size_t query_stride, std::size_t lines,
//                    std::int32_t (*dots)[page::positions]);
//     dots[h][j] = Σ queries[h·query_stride + i] · key_j[i] over 16·lines codes.
//   template <std::size_t heads>
//   static void values(const std::uint8_t* lines, std::size_t quads, const WeightPlanes* weights,
//                      std::int32_t (*sums)[16]);
//     sums[h][i] = Σ_j (128·high[j] + low[j]) · value_j[i] for i < 4·quads, 1 ≤ quads ≤ 4; the
//     rest of sums[h] is unspecified.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cache_page.hpp"
#include "kernels/simd/activation.hpp"
#include "kernels/simd/blocks.hpp"
#include "kernels/simd/elementwise.hpp"

namespace ringlet::simd {

inline constexpr float softmax_cut = -60.0F;  // as in scalar/attention.cpp
using scalar::weight_levels;

/// The 15-bit weights of a page in two planes of 7 bits: weight = (128·high + low) · unit. A
/// negative weight has a negative high part. A unit of zero means that the page adds nothing.
struct WeightPlanes {
  alignas(64) std::int8_t high[page::positions];
  std::int8_t low[page::positions];
  float unit;
};

/// exp of a number that is not positive, 0 below −60; NaN if it is not finite. canonical_exp's
/// limits of ±80 are out of reach, so this computes it without them.
template <typename V>
inline typename V::Floats softmax_exp(typename V::Floats distance) {
  const auto value =
      V::select_less(distance, V::set(softmax_cut), V::set(0.0F), exp_within_limits<V>(distance));
  return V::add(value, V::sub(distance, distance));
}

/// max x[i] over n > 0 elements.
template <typename V>
inline float maximum(const float* x, std::size_t n) {
  float most = x[0];
  std::size_t i = 0;
  if (n >= V::width) {
    auto lanes_most = V::load(x);
    for (i = V::width; i + V::width <= n; i += V::width) {
      lanes_most = V::maximum(V::load(x + i), lanes_most);
    }
    const float largest = V::largest(lanes_most);
    most = largest > most ? largest : most;
  }
  for (; i < n; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

template <typename V>
SoftmaxState softmax_segment(float* scores, std::size_t first, std::size_t last,
                             std::size_t count) {
  const float most = maximum<V>(scores + first, last - first);
  // Whole vectors, and thus some neighbors, which are overwritten below. count is a multiple of 32.
  for (std::size_t j = first / V::width * V::width; j < last; j += V::width) {
    V::store(scores + j, softmax_exp<V>(V::sub(V::load(scores + j), V::set(most))));
  }
  for (std::size_t j = 0; j < first; ++j) scores[j] = 0;
  for (std::size_t j = last; j < count; ++j) scores[j] = 0;
  const float total = sum<V>(scores, count);
  if (!(total > 0)) {
    for (std::size_t j = 0; j < count; ++j) scores[j] = 0;
  }
  return {most, total};
}

template <typename V>
void combine(const SoftmaxState& segment, const float* segment_values, std::size_t head_dim,
             SoftmaxState& total, float* total_values) {
  const float most = segment.maximum > total.maximum ? segment.maximum : total.maximum;
  float keep[V::width];
  float join[V::width];
  V::store(keep, softmax_exp<V>(V::set(total.maximum - most)));
  V::store(join, softmax_exp<V>(V::set(segment.maximum - most)));
  total.maximum = most;
  total.sum = fused_multiply_add(segment.sum, join[0], total.sum * keep[0]);
  std::size_t i = 0;
  for (; i + V::width <= head_dim; i += V::width) {
    const auto kept = V::mul(V::load(total_values + i), V::set(keep[0]));
    V::store(total_values + i, V::fma(V::load(segment_values + i), V::set(join[0]), kept));
  }
  for (; i < head_dim; ++i) {
    total_values[i] = fused_multiply_add(segment_values[i], join[0], total_values[i] * keep[0]);
  }
}

template <typename V>
void quantize_query(const float* query, std::size_t head_dim, float factor, std::int8_t* codes,
                    float* scale) {
  const float most = absolute_maximum<V>(query, head_dim);
  const bool zero = !(most >= smallest_group_maximum);
  round_to_int8<V>(query, zero ? 0.0F : 127.0F / most, head_dim, codes);
  for (std::size_t i = head_dim; i % 32 != 0; ++i) codes[i] = 0;
  *scale = zero ? 0.0F : (most / 127.0F) * factor;
}

/// score_int8 for `heads` heads.
template <typename V, typename Dots, std::size_t heads>
void score_heads(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                 std::size_t query_stride, std::size_t lines, float* scores,
                 std::size_t score_stride) {
  alignas(64) std::int32_t dots[heads][page::positions];
  Dots::template keys<heads>(page.keys, queries, query_stride, lines, dots);
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t j = 0; j < page::positions; j += V::width) {
      const auto scale = V::mul(V::load_half(page.key_scales + j), V::set(query_scales[h]));
      V::store(scores + h * score_stride + j,
               V::mul(V::to_floats(V::load_ints(dots[h] + j)), scale));
    }
  }
}

template <typename V, typename Dots>
void score_int8(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride) {
  const std::size_t stride = page::query_stride(head_dim);
  const std::size_t lines = (head_dim + 15) / 16;
  in_blocks<Dots::most_heads>(heads, [&]<std::size_t block>(std::size_t h) {
    score_heads<V, Dots, block>(page, queries + h * stride, query_scales + h, stride, lines,
                                scores + h * score_stride, score_stride);
  });
}

/// Quantizes weights times value scales to 15 bits. Returns Σ (128·high + low) if `with_sum`.
template <typename V, bool with_sum>
inline std::int32_t split_weights(const float* weights, const std::uint16_t* value_scales,
                                  WeightPlanes& out) {
  constexpr std::size_t vectors = page::positions / V::width;
  typename V::Floats scaled[vectors];
  auto most = V::set(0.0F);
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::size_t j = v * V::width;
    scaled[v] = V::mul(V::load(weights + j), V::load_half(value_scales + j));
    most = V::maximum(V::absolute(scaled[v]), most);
  }
  const float maximum = V::largest(most);
  const bool nothing = !(maximum >= smallest_group_maximum);
  const auto inverse = V::set(nothing ? 0.0F : weight_levels / maximum);
  auto sum = V::set_int(0);
  for (std::size_t v = 0; v < vectors; ++v) {
    const auto shifted = V::add(V::mul(scaled[v], inverse), V::set(rounding_magic));
    const auto level = V::add_int(V::bits(shifted), V::set_int(-0x4B400000));
    V::store_int8(out.high + v * V::width, V::shift_right_7(level));
    V::store_int8(out.low + v * V::width, V::and_int(level, V::set_int(127)));
    if constexpr (with_sum) sum = V::add_int(sum, level);
  }
  out.unit = nothing ? 0.0F : maximum / weight_levels;
  return with_sum ? V::sum_ints(sum) : 0;
}

/// out[i] = fma(float(sums[i]), unit, out[i]).
template <typename V>
inline void add_sums(const std::int32_t* sums, float unit, std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    V::store(out + i, V::fma(V::to_floats(V::load_ints(sums + i)), V::set(unit), V::load(out + i)));
  }
  for (; i < n; ++i) out[i] = fused_multiply_add(static_cast<float>(sums[i]), unit, out[i]);
}

/// accumulate_int8 for `heads` heads, sixteen dimensions at a time.
template <typename V, typename Dots, std::size_t heads>
void accumulate_heads(const CachePage& page, const float* weights, std::size_t weight_stride,
                      std::size_t head_dim, float* out) {
  WeightPlanes planes[heads];
  bool nothing = true;
  for (std::size_t h = 0; h < heads; ++h) {
    split_weights<V, false>(weights + h * weight_stride, page.value_scales, planes[h]);
    nothing = nothing && planes[h].unit == 0.0F;
  }
  if (nothing) return;
  for (std::size_t i = 0; i < head_dim; i += 16) {
    alignas(64) std::int32_t sums[heads][16];
    const std::size_t n = head_dim - i < 16 ? head_dim - i : 16;
    Dots::template values<heads>(page.values + i / 4 * 128, (n + 3) / 4, planes, sums);
    for (std::size_t h = 0; h < heads; ++h) {
      if (planes[h].unit != 0.0F) add_sums<V>(sums[h], planes[h].unit, n, out + h * head_dim + i);
    }
  }
}

template <typename V, typename Dots>
void accumulate_int8(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out) {
  in_blocks<Dots::most_heads>(heads, [&]<std::size_t block>(std::size_t h) {
    accumulate_heads<V, Dots, block>(page, weights + h * weight_stride, weight_stride, head_dim,
                                     out + h * head_dim);
  });
}

}  // namespace ringlet::simd

// Scores and values of f32 and f16 cache pages over a vector type V (see README.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/scalar/scalar.hpp"
#include "numerics/reduction.hpp"

namespace ringlet::simd {

/// `width` elements of a float page from `index` on.
template <typename V, KvFormat format>
inline typename V::Floats load_elements(const std::uint8_t* plane, std::size_t index) {
  if constexpr (format == KvFormat::f32) {
    return V::load(reinterpret_cast<const float*>(plane) + index);
  } else {
    return V::load_half(reinterpret_cast<const std::uint16_t*>(plane) + index);
  }
}

/// Calls use.operator()<vectors>(i) for every sixteen of n numbers from i on, and for a remainder
/// of eight.
template <typename V, typename Use>
inline void for_each_sixteen(std::size_t n, Use use) {
  constexpr std::size_t vectors = reduction_lanes / V::width;
  std::size_t i = 0;
  for (; i + reduction_lanes <= n; i += reduction_lanes) {
    use.template operator()<vectors>(i);
  }
  if constexpr (vectors > 1) {
    if (i < n) use.template operator()<vectors / 2>(i);
  }
}

/// The dot product of a query and one key, in the order of numerics/reduction.hpp.
template <typename V, KvFormat format>
inline float dot_key(const float* query, const std::uint8_t* keys, std::size_t at, std::size_t n) {
  constexpr std::size_t vectors = reduction_lanes / V::width;
  typename V::Floats sums[vectors];
  for (auto& sum : sums) sum = V::set(0.0F);
  for_each_sixteen<V>(n, [&]<std::size_t count>(std::size_t i) {
    for (std::size_t v = 0; v < count; ++v) {
      const std::size_t k = i + v * V::width;
      sums[v] = V::fma(V::load(query + k), load_elements<V, format>(keys, at + k), sums[v]);
    }
  });
  float partial[reduction_lanes];
  for (std::size_t v = 0; v < vectors; ++v) V::store(partial + v * V::width, sums[v]);
  return reduce_tree(partial);
}

/// Head sizes are multiples of eight. With vectors of sixteen lanes, sizes that are not multiples
/// of sixteen are left to the scalar kernels.
template <typename V>
inline bool is_left_to_scalar(std::size_t head_dim) {
  return V::width == reduction_lanes && head_dim % reduction_lanes != 0;
}

template <typename V>
void score_float(const CachePage& page, KvFormat format, const float* queries, float factor,
                 std::size_t heads, std::size_t head_dim, std::size_t positions, float* scores,
                 std::size_t score_stride) {
  if (is_left_to_scalar<V>(head_dim)) {
    scalar::score_float(page, format, queries, factor, heads, head_dim, positions, scores,
                        score_stride);
    return;
  }
  for (std::size_t h = 0; h < heads; ++h) {
    float* row = scores + h * score_stride;
    for (std::size_t j = positions; j < page::positions; ++j) row[j] = 0.0F;
  }
  for (std::size_t j = 0; j < positions; ++j) {
    for (std::size_t h = 0; h < heads; ++h) {
      const float* query = queries + h * head_dim;
      const float sum = format == KvFormat::f32
                            ? dot_key<V, KvFormat::f32>(query, page.keys, j * head_dim, head_dim)
                            : dot_key<V, KvFormat::f16>(query, page.keys, j * head_dim, head_dim);
      scores[h * score_stride + j] = sum * factor;
    }
  }
}

/// Adds the values of positions [first, last) to one head, with sixteen dimensions in registers.
template <typename V, KvFormat format>
void accumulate_head(const std::uint8_t* values, const float* weights, std::size_t first,
                     std::size_t last, std::size_t head_dim, float* out) {
  for_each_sixteen<V>(head_dim, [&]<std::size_t count>(std::size_t i) {
    typename V::Floats sums[count];
    for (std::size_t v = 0; v < count; ++v) sums[v] = V::load(out + i + v * V::width);
    for (std::size_t j = first; j < last; ++j) {
      for (std::size_t v = 0; v < count; ++v) {
        const std::size_t at = j * head_dim + i + v * V::width;
        sums[v] = V::fma(V::set(weights[j]), load_elements<V, format>(values, at), sums[v]);
      }
    }
    for (std::size_t v = 0; v < count; ++v) V::store(out + i + v * V::width, sums[v]);
  });
}

template <typename V>
void accumulate_float(const CachePage& page, KvFormat format, const float* weights,
                      std::size_t weight_stride, std::size_t first, std::size_t last,
                      std::size_t heads, std::size_t head_dim, float* out) {
  if (is_left_to_scalar<V>(head_dim)) {
    scalar::accumulate_float(page, format, weights, weight_stride, first, last, heads, head_dim,
                             out);
    return;
  }
  for (std::size_t h = 0; h < heads; ++h) {
    const float* head_weights = weights + h * weight_stride;
    float* head_out = out + h * head_dim;
    if (format == KvFormat::f32) {
      accumulate_head<V, KvFormat::f32>(page.values, head_weights, first, last, head_dim, head_out);
    } else {
      accumulate_head<V, KvFormat::f16>(page.values, head_weights, first, last, head_dim, head_out);
    }
  }
}

}  // namespace ringlet::simd

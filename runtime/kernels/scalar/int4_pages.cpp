// Scores and values of INT4 cache pages: exact integer sums for each group of 32 dimensions.
#include "kernels/cache_page.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::scalar {
namespace {

constexpr std::size_t group = 32;  // dimensions that share a scale

std::int32_t code(std::uint8_t byte, bool high) { return (high ? byte >> 4 : byte & 15) - 8; }

/// Σ codes of a query · codes of a key over one group.
std::int32_t dot_group(const CachePage& page, const std::int8_t* query, std::size_t position,
                       std::size_t g, std::size_t head_dim) {
  std::int32_t sum = 0;
  for (std::size_t i = g * group; i < head_dim && i < (g + 1) * group; ++i) {
    const std::uint8_t byte = page.keys[page::int4_key_byte(position, i, head_dim)];
    sum += code(byte, page::int4_key_high(i)) * query[i];
  }
  return sum;
}

/// Quantizes the weights of a page times the value scales of a group to 15 bits and a sign. Returns
/// the unit, or 0 if the page adds nothing.
float levels_of(const float* weights, const std::uint16_t* scales,
                std::int32_t (&levels)[page::positions]) {
  float scaled[page::positions];
  float maximum = 0;
  for (std::size_t j = 0; j < page::positions; ++j) {
    scaled[j] = weights[j] * half_to_float(scales[j]);
    maximum = magnitude(scaled[j]) > maximum ? magnitude(scaled[j]) : maximum;
  }
  if (!(maximum >= smallest_group_maximum)) return 0;
  const float inverse = weight_levels / maximum;
  for (std::size_t j = 0; j < page::positions; ++j) levels[j] = to_level(scaled[j] * inverse);
  return maximum / weight_levels;
}

}  // namespace

void score_int4(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride) {
  const std::size_t groups = page::int4_groups(head_dim);
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t j = 0; j < page::positions; ++j) {
      float sum = 0;
      for (std::size_t g = 0; g < groups; ++g) {
        const std::int32_t dot =
            dot_group(page, queries + h * page::query_stride(head_dim), j, g, head_dim);
        const float scale = half_to_float(page.key_scales[g * page::positions + j]);
        sum = fused_multiply_add(static_cast<float>(dot), scale, sum);
      }
      scores[h * score_stride + j] = sum * query_scales[h];
    }
  }
}

void accumulate_int4(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out) {
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t g = 0; g < page::int4_groups(head_dim); ++g) {
      std::int32_t levels[page::positions];
      const float unit =
          levels_of(weights + h * weight_stride, page.value_scales + g * page::positions, levels);
      if (unit == 0.0F) continue;
      for (std::size_t i = g * group; i < head_dim && i < (g + 1) * group; ++i) {
        std::int32_t sum = 0;  // at most 32 · 16256 · 8 < 2^22
        for (std::size_t j = 0; j < page::positions; ++j) {
          const std::uint8_t byte = page.values[page::int4_value_byte(j, i)];
          sum += levels[j] * code(byte, page::int4_value_high(j));
        }
        float& value = out[h * head_dim + i];
        value = fused_multiply_add(static_cast<float>(sum), unit, value);
      }
    }
  }
}

}  // namespace ringlet::scalar

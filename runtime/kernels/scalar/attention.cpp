// Attention over cache pages of 32 positions. Sums over INT8 codes are exact. Floats are combined
// in an order that depends only on absolute positions (segments of 256, see
// decoder/attention/segment.hpp).
#include "kernels/cache_page.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/exp.hpp"
#include "numerics/finite.hpp"
#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::scalar {
namespace {

// Below this distance from the maximum, a weight is exactly zero: e^-60 is too small to affect a
// 24-bit sum, and products with it stay clear of denormals.
constexpr float softmax_cut = -60.0F;

float softmax_exp(float distance) {
  return (distance < softmax_cut ? 0.0F : canonical_exp(distance)) + not_finite_mark(distance);
}

/// Element i of the row-major vector of a position, in either float format.
float load(const std::uint8_t* plane, KvFormat format, std::size_t index) {
  if (format == KvFormat::f32) return reinterpret_cast<const float*>(plane)[index];
  return half_to_float(reinterpret_cast<const std::uint16_t*>(plane)[index]);
}

}  // namespace

void quantize_query(const float* query, std::size_t head_dim, float factor, std::int8_t* codes,
                    float* scale) {
  float maximum = 0;
  for (std::size_t i = 0; i < head_dim; ++i) {
    const float value = magnitude(query[i]);
    maximum = value > maximum ? value : maximum;
  }
  const bool zero = !(maximum >= smallest_group_maximum);
  const float inverse = zero ? 0.0F : 127.0F / maximum;
  for (std::size_t i = 0; i < page::query_stride(head_dim); ++i) {
    codes[i] = i < head_dim && !zero ? to_int8(query[i] * inverse) : std::int8_t{0};
  }
  *scale = zero ? 0.0F : (maximum / 127.0F) * factor;
}

void score_int8(const CachePage& page, const std::int8_t* queries, const float* query_scales,
                std::size_t heads, std::size_t head_dim, float* scores, std::size_t score_stride) {
  const std::size_t query_stride = page::query_stride(head_dim);
  for (std::size_t h = 0; h < heads; ++h) {
    const std::int8_t* query = queries + h * query_stride;
    for (std::size_t j = 0; j < page::positions; ++j) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < head_dim; ++i) {
        sum += static_cast<std::int8_t>(page.keys[page::int8_key_byte(j, i, head_dim)]) * query[i];
      }
      scores[h * score_stride + j] =
          static_cast<float>(sum) * (half_to_float(page.key_scales[j]) * query_scales[h]);
    }
  }
}

void score_float(const CachePage& page, KvFormat format, const float* queries, float factor,
                 std::size_t heads, std::size_t head_dim, std::size_t positions, float* scores,
                 std::size_t score_stride) {
  for (std::size_t h = 0; h < heads; ++h) {
    float* row = scores + h * score_stride;
    for (std::size_t j = positions; j < page::positions; ++j) row[j] = 0.0F;
    for (std::size_t j = 0; j < positions; ++j) {
      const float sum = canonical_dot(queries + h * head_dim, head_dim, [&](std::size_t i) {
        return load(page.keys, format, j * head_dim + i);
      });
      row[j] = sum * factor;
    }
  }
}

SoftmaxState softmax_segment(float* scores, std::size_t first, std::size_t last,
                             std::size_t count) {
  float maximum = scores[first];
  for (std::size_t j = first + 1; j < last; ++j)
    maximum = scores[j] > maximum ? scores[j] : maximum;
  for (std::size_t j = 0; j < count; ++j) {
    const bool inside = j >= first && j < last;
    scores[j] = inside ? softmax_exp(scores[j] - maximum) : 0.0F;
  }
  const float total = canonical_sum(scores, count);
  if (!(total > 0)) {
    for (std::size_t j = 0; j < count; ++j) scores[j] = 0;
  }
  return {maximum, total};
}

void accumulate_int8(const CachePage& page, const float* weights, std::size_t weight_stride,
                     std::size_t heads, std::size_t head_dim, float* out) {
  for (std::size_t h = 0; h < heads; ++h) {
    float scaled[page::positions];
    float maximum = 0;
    for (std::size_t j = 0; j < page::positions; ++j) {
      scaled[j] = weights[h * weight_stride + j] * half_to_float(page.value_scales[j]);
      maximum = scaled[j] > maximum ? scaled[j] : maximum;
    }
    if (!(maximum >= smallest_group_maximum)) continue;
    const float inverse = weight_levels / maximum;
    std::int32_t levels[page::positions];
    for (std::size_t j = 0; j < page::positions; ++j) levels[j] = to_level(scaled[j] * inverse);
    const float unit = maximum / weight_levels;
    for (std::size_t i = 0; i < head_dim; ++i) {
      std::int32_t sum = 0;  // at most 32 · 16256 · 127 < 2^26
      for (std::size_t j = 0; j < page::positions; ++j) {
        sum += levels[j] * static_cast<std::int8_t>(page.values[page::int8_value_byte(j, i)]);
      }
      float& value = out[h * head_dim + i];
      value = fused_multiply_add(static_cast<float>(sum), unit, value);
    }
  }
}

void accumulate_float(const CachePage& page, KvFormat format, const float* weights,
                      std::size_t weight_stride, std::size_t first, std::size_t last,
                      std::size_t heads, std::size_t head_dim, float* out) {
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t j = first; j < last; ++j) {
      const float weight = weights[h * weight_stride + j];
      for (std::size_t i = 0; i < head_dim; ++i) {
        float& value = out[h * head_dim + i];
        value = fused_multiply_add(weight, load(page.values, format, j * head_dim + i), value);
      }
    }
  }
}

void combine(const SoftmaxState& segment, const float* segment_values, std::size_t head_dim,
             SoftmaxState& total, float* total_values) {
  const float maximum = segment.maximum > total.maximum ? segment.maximum : total.maximum;
  const float keep = softmax_exp(total.maximum - maximum);
  const float join = softmax_exp(segment.maximum - maximum);
  total.maximum = maximum;
  total.sum = fused_multiply_add(segment.sum, join, total.sum * keep);
  for (std::size_t i = 0; i < head_dim; ++i) {
    total_values[i] = fused_multiply_add(segment_values[i], join, total_values[i] * keep);
  }
}

}  // namespace ringlet::scalar

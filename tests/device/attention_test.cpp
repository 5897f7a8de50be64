// The attention kernels of every set against scalar, to the bit: queries, scores, softmax, values
// and folding, for every cache format, head sizes with and without a remainder, one head and
// several.
#include <gtest/gtest.h>

#include "device/buffers.hpp"
#include "device/sets.hpp"
#include "kernels/cache_page.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t head_dims[] = {8, 16, 24, 48, 64, 80, 128};
constexpr std::size_t head_counts[] = {1, 2, 3, 5};
constexpr std::size_t most_heads = 5, most_dim = 128, stride = 40;

Buffer<std::uint8_t, page::positions * most_dim * 4> keys, values;
Buffer<std::uint16_t, page::positions*(most_dim / 32)> key_scales, value_scales;
Buffer<float, most_heads * most_dim> floats, expected_out, actual_out;
Buffer<std::int8_t, most_heads * most_dim> expected_codes, actual_codes;
Buffer<float, most_heads * stride> expected_scores, actual_scores;

enum class Kind : std::uint8_t { plain, largest };

CachePage make_page(KvFormat format, Kind kind) {
  for (Buffer<std::uint8_t, sizeof keys.value>* plane : {&keys, &values}) {
    fill_codes(plane->value, plane == &keys ? 1 : 2);
    if (format == KvFormat::f32) {
      fill_floats({reinterpret_cast<float*>(plane->value), page::positions * most_dim}, 3);
    }
    if (format == KvFormat::f16) {  // half denormals among them; neither infinite nor NaN
      auto* halves = reinterpret_cast<std::uint16_t*>(plane->value);
      for (std::size_t i = 0; i < page::positions * most_dim; ++i) halves[i] &= 0xBFFF;
    }
    const int largest = format == KvFormat::int4 ? 0xFF : 127;
    if (kind == Kind::largest) std::memset(plane->value, largest, sizeof plane->value);
  }
  fill_scales(key_scales.value, 4);
  fill_scales(value_scales.value, 5);
  if (format == KvFormat::int8) {  // whose scales are never negative
    for (std::uint16_t& scale : value_scales.value) scale &= 0x7FFF;
  }
  return {keys.value, values.value, key_scales.value, value_scales.value};
}

/// Weights as softmax leaves them: in [0, 1], some zero, some tiny.
void fill_weights(std::span<float> weights) {
  fill_floats(weights, 6);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = i % 7 == 0 ? 0.0F : weights[i] * weights[i] * (i % 5 == 0 ? 0x1p-80F : 1.0F);
  }
}

void score(const KernelSet& set, const CachePage& page, KvFormat format, const float* query_scales,
           std::size_t heads, std::size_t d, float* scores) {
  const auto kernel = format == KvFormat::int8 ? set.score_int8 : set.score_int4;
  kernel(page, expected_codes.value, query_scales, heads, d, scores, stride);
}

void accumulate(const KernelSet& set, const CachePage& page, KvFormat format, std::size_t heads,
                std::size_t d, float* out) {
  const auto kernel = format == KvFormat::int8 ? set.accumulate_int8 : set.accumulate_int4;
  kernel(page, expected_scores.value, stride, heads, d, out);
}

void compare_integer(const KernelSet& set, const CachePage& page, KvFormat format, std::size_t d,
                     std::size_t heads) {
  const std::size_t query_stride = page::query_stride(d);
  float expected_scales[most_heads], actual_scales[most_heads];
  expected_codes.spoil();
  actual_codes.spoil();
  for (std::size_t h = 0; h < heads; ++h) {
    const std::size_t at = h * query_stride;
    scalar_kernels().quantize_query(floats.value + h * d, d, 0.1F, expected_codes.value + at,
                                    expected_scales + h);
    set.quantize_query(floats.value + h * d, d, 0.1F, actual_codes.value + at, actual_scales + h);
    EXPECT_EQ(expected_scales[h], actual_scales[h]) << set.name << d;
  }
  EXPECT_TRUE(expected_codes.same_bits(actual_codes)) << set.name << d;
  expected_scores.spoil();
  actual_scores.spoil();
  score(scalar_kernels(), page, format, expected_scales, heads, d, expected_scores.value);
  score(set, page, format, expected_scales, heads, d, actual_scores.value);
  EXPECT_TRUE(expected_scores.same_bits(actual_scores)) << set.name << d << heads;

  fill_weights(expected_scores.value);
  fill_floats(expected_out.value, 7);
  fill_floats(actual_out.value, 7);
  accumulate(scalar_kernels(), page, format, heads, d, expected_out.value);
  accumulate(set, page, format, heads, d, actual_out.value);
  EXPECT_TRUE(expected_out.same_bits(actual_out)) << set.name << d << heads;
}

void compare_float(const KernelSet& set, const CachePage& page, KvFormat format, std::size_t d,
                   std::size_t heads) {
  expected_scores.spoil();
  actual_scores.spoil();
  for (const std::size_t positions : {std::size_t{32}, std::size_t{5}}) {
    scalar_kernels().score_float(page, format, floats.value, 0.1F, heads, d, positions,
                                 expected_scores.value, stride);
    set.score_float(page, format, floats.value, 0.1F, heads, d, positions, actual_scores.value,
                    stride);
    EXPECT_TRUE(expected_scores.same_bits(actual_scores)) << set.name << d << heads;
  }

  fill_weights(expected_scores.value);
  fill_floats(expected_out.value, 7);
  fill_floats(actual_out.value, 7);
  scalar_kernels().accumulate_float(page, format, expected_scores.value, stride, 3, 30, heads, d,
                                    expected_out.value);
  set.accumulate_float(page, format, expected_scores.value, stride, 3, 30, heads, d,
                       actual_out.value);
  EXPECT_TRUE(expected_out.same_bits(actual_out)) << set.name << d << heads;
}

void compare_integer_pages(KvFormat format, Kind kind) {
  const CachePage page = make_page(format, kind);
  fill_floats(floats.value, 8, 4.0F);
  if (kind == Kind::largest) {
    for (float& x : floats.value) x = -2.0F;
  }
  for (const KernelSet* set : kernel_sets()) {
    for (const std::size_t d : head_dims) {
      for (const std::size_t heads : head_counts) compare_integer(*set, page, format, d, heads);
    }
  }
}

TEST(DeviceAttention, IntegerPagesAreThoseOfScalar) {
  for (const Kind kind : {Kind::plain, Kind::largest}) {
    compare_integer_pages(KvFormat::int8, kind);
    compare_integer_pages(KvFormat::int4, kind);
  }
}

TEST(DeviceAttention, FloatPagesAreThoseOfScalar) {
  fill_floats(floats.value, 8, 4.0F);
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16}) {
    const CachePage page = make_page(format, Kind::plain);
    for (const KernelSet* set : kernel_sets()) {
      for (const std::size_t d : head_dims) compare_float(*set, page, format, d, 3);
    }
  }
}

TEST(DeviceAttention, KeyBiasesAreThoseOfScalar) {
  static Buffer<float, key_bias_turns(12)> turns;
  constexpr std::uint16_t pairs[] = {0, 1, 4, 7, 11};
  fill_floats(turns.value, 12);
  fill_floats(floats.value, 13);
  for (const KernelSet* set : kernel_sets()) {
    for (const std::size_t count : {0U, 1U, 5U}) {
      for (const std::size_t heads : head_counts) {
        const KeyBiasTerms terms{turns.value, pairs, count, floats.value, floats.value + 100};
        fill_floats(expected_scores.value, 14);
        fill_floats(actual_scores.value, 14);
        scalar_kernels().add_key_bias(terms, heads, expected_scores.value, stride);
        set->add_key_bias(terms, heads, actual_scores.value, stride);
        EXPECT_TRUE(expected_scores.same_bits(actual_scores)) << set->name << count << heads;
      }
    }
  }
}

TEST(DeviceAttention, SegmentsAreThoseOfScalar) {
  static Buffer<float, page::segment_positions> expected, actual;
  constexpr std::size_t d = 50;
  fill_floats(floats.value, 10);
  for (const KernelSet* set : kernel_sets()) {
    for (const std::size_t count : {32U, 96U, 256U}) {
      fill_floats(expected.value, count, 50.0F);
      fill_floats(actual.value, count, 50.0F);
      const std::size_t first = count / 32, last = count - 3;
      const SoftmaxState a = scalar_kernels().softmax_segment(expected.value, first, last, count);
      const SoftmaxState b = set->softmax_segment(actual.value, first, last, count);
      EXPECT_TRUE(expected.same_bits(actual)) << set->name << count;
      EXPECT_EQ(a.maximum, b.maximum);
      EXPECT_EQ(a.sum, b.sum);
      for (const float maximum : {-70.0F, 45.0F, 49.0F, 120.0F}) {
        SoftmaxState expected_total{.maximum = maximum, .sum = 2.5F};
        SoftmaxState actual_total = expected_total;
        fill_floats(expected_out.value, 11);
        fill_floats(actual_out.value, 11);
        scalar_kernels().combine(a, floats.value, d, expected_total, expected_out.value);
        set->combine(a, floats.value, d, actual_total, actual_out.value);
        EXPECT_TRUE(expected_out.same_bits(actual_out)) << set->name << count;
        EXPECT_EQ(expected_total.maximum, actual_total.maximum);
        EXPECT_EQ(expected_total.sum, actual_total.sum);
      }
    }
  }
}

}  // namespace
}  // namespace ringlet::test

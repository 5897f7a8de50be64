// Attention kernels of every set against double arithmetic: scores, softmax of a segment, weighted
// values and the folding of segments, for every cache format and head size.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/cache_page.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/page_sample.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint32_t head_dims[] = {8, 16, 24, 32, 48, 64, 80, 96, 128, 256};
constexpr std::size_t head_counts[] = {1, 2, 3, 7};
constexpr double ulp = 0x1p-24;

class AttentionKernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  [[nodiscard]] const KernelSet& set() const { return *GetParam(); }
};

TEST_P(AttentionKernels, QuantizeQueryIsWithinHalfAStep) {
  for (const std::uint32_t d : head_dims) {
    const std::vector<float> q = plain_floats(d, d, 5.0F);
    std::vector<std::int8_t> codes(page::query_stride(d), 99);
    float scale = -1;
    set().quantize_query(q.data(), d, 0.25F, codes.data(), &scale);
    float maximum = 0;
    for (float value : q) maximum = std::max(maximum, std::fabs(value));
    EXPECT_EQ(scale, maximum / 127.0F * 0.25F);
    const double step = maximum / 127.0F;
    for (std::uint32_t i = 0; i < d; ++i) {
      ASSERT_LE(std::fabs(q[i] - codes[i] * step), step * (0.5 + 127 * 3 * ulp));
    }
    for (std::size_t i = d; i < codes.size(); ++i) ASSERT_EQ(codes[i], 0);
    const std::vector<float> zero(d, 0.0F);
    set().quantize_query(zero.data(), d, 0.25F, codes.data(), &scale);
    EXPECT_EQ(scale, 0.0F);
    for (const std::int8_t code : codes) ASSERT_EQ(code, 0);
  }
}

TEST_P(AttentionKernels, IntegerScoresAreTheExactDotTimesTheScales) {
  for (const std::uint32_t d : head_dims) {
    for (const std::size_t heads : head_counts) {
      const PageSample page(KvFormat::int8, d, d);
      const std::size_t stride = page::query_stride(d);
      std::vector<std::int8_t> queries(heads * stride, 0);
      std::vector<float> scales(heads);
      for (std::size_t h = 0; h < heads; ++h) {
        set().quantize_query(plain_floats(d, d + h).data(), d, 0.1F, &queries[h * stride],
                             &scales[h]);
      }
      std::vector<float> scores(heads * 64, -7.0F);
      set().score_int8(page.view(), queries.data(), scales.data(), heads, d, scores.data(), 64);
      for (std::size_t h = 0; h < heads; ++h) {
        for (std::uint32_t j = 0; j < 32; ++j) {
          double sum = 0;
          for (std::uint32_t i = 0; i < d; ++i) sum += queries[h * stride + i] * page.key(j, i);
          const double expected = sum * static_cast<double>(scales[h]);
          ASSERT_NEAR(scores[h * 64 + j], expected, 3 * ulp * std::fabs(expected)) << d << " " << j;
          ASSERT_EQ(scores[h * 64 + 32 + j], -7.0F) << "wrote past the page";
        }
      }
    }
  }
}

TEST_P(AttentionKernels, Int4ScoresAddGroupByGroup) {
  for (const std::uint32_t d : head_dims) {
    for (const std::size_t heads : head_counts) {
      const PageSample page(KvFormat::int4, d, d);
      const std::size_t stride = page::query_stride(d);
      std::vector<std::int8_t> queries(heads * stride, 0);
      std::vector<float> scales(heads);
      for (std::size_t h = 0; h < heads; ++h) {
        set().quantize_query(plain_floats(d, d + h).data(), d, 0.1F, &queries[h * stride],
                             &scales[h]);
      }
      std::vector<float> scores(heads * 64, -7.0F);
      set().score_int4(page.view(), queries.data(), scales.data(), heads, d, scores.data(), 64);
      for (std::size_t h = 0; h < heads; ++h) {
        for (std::uint32_t j = 0; j < 32; ++j) {
          double sum = 0;
          double size = 0;
          for (std::uint32_t i = 0; i < d; ++i) {
            const double product = queries[h * stride + i] * page.key(j, i);
            sum += product;
            size += std::fabs(product);
          }
          const double scale = static_cast<double>(scales[h]);
          ASSERT_NEAR(scores[h * 64 + j], sum * scale, (d / 32 + 3) * ulp * size * scale) << d;
          ASSERT_EQ(scores[h * 64 + 32 + j], -7.0F) << "wrote past the page";
        }
      }
    }
  }
}

TEST_P(AttentionKernels, FloatScoresAreDots) {
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16}) {
    for (const std::uint32_t d : head_dims) {
      const PageSample page(format, d, d);
      const std::vector<float> queries = plain_floats(2 * d, 3);
      std::vector<float> scores(2 * 32);
      set().score_float(page.view(), format, queries.data(), 0.3F, 2, d, scores.data(), 32);
      for (std::size_t h = 0; h < 2; ++h) {
        for (std::uint32_t j = 0; j < 32; ++j) {
          double sum = 0;
          double magnitudes = 0;
          for (std::uint32_t i = 0; i < d; ++i) {
            const double product = queries[h * d + i] * page.key(j, i);
            sum += product * static_cast<double>(0.3F);
            magnitudes += std::fabs(product);
          }
          ASSERT_NEAR(scores[h * 32 + j], sum, (d / 16.0 + 7) * ulp * magnitudes) << d << " " << j;
        }
      }
    }
  }
}

TEST_P(AttentionKernels, SoftmaxOfASegmentIsRight) {
  for (const std::size_t count : {32U, 96U, 256U}) {
    for (const std::size_t first : {0U, 1U, 31U}) {
      for (const std::size_t last : {first + 1, count - 5, count}) {
        if (last <= first) continue;
        const std::vector<float> scores = plain_floats(count, first + last, 40.0F);
        std::vector<float> weights = scores;
        const SoftmaxState state = set().softmax_segment(weights.data(), first, last, count);
        const float maximum = *std::max_element(scores.begin() + static_cast<std::ptrdiff_t>(first),
                                                scores.begin() + static_cast<std::ptrdiff_t>(last));
        EXPECT_EQ(state.maximum, maximum);
        double sum = 0;
        for (std::size_t j = 0; j < count; ++j) {
          const bool inside = j >= first && j < last;
          const double distance = static_cast<double>(scores[j]) - static_cast<double>(maximum);
          const double expected = inside && distance >= -60 ? std::exp(distance) : 0;
          // The difference of the scores is rounded once, which the exponential passes on.
          ASSERT_NEAR(weights[j], expected, (5 + std::fabs(distance)) * ulp * expected) << j;
          sum += expected;
        }
        EXPECT_NEAR(state.sum, sum, 100 * ulp * sum);
      }
    }
  }
}

TEST_P(AttentionKernels, IntegerValuesAddToFifteenBits) {
  for (const std::uint32_t d : head_dims) {
    for (const std::size_t heads : head_counts) {
      const PageSample page(KvFormat::int8, d, d + 1);
      std::vector<float> weights(heads * 40);
      for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = std::fabs(plain_floats(1, i)[0]);
      const std::vector<float> before = plain_floats(heads * d, 2);
      std::vector<float> out = before;
      set().accumulate_int8(page.view(), weights.data(), 40, heads, d, out.data());
      for (std::size_t h = 0; h < heads; ++h) {
        double largest = 0;
        for (std::uint32_t j = 0; j < 32; ++j) {
          largest = std::max(largest, weights[h * 40 + j] * page.value_scale(j));
        }
        for (std::uint32_t i = 0; i < d; ++i) {
          double expected = before[h * d + i];
          double codes = 0;
          for (std::uint32_t j = 0; j < 32; ++j) {
            expected += weights[h * 40 + j] * page.value(j, i);
            codes += std::fabs(page.value(j, i) / page.value_scale(j));
          }
          // Each weight is off by at most half of largest/16256.
          const double bound =
              0.51 * largest / 16256 * codes + 8 * ulp * (std::fabs(expected) + largest * 127);
          ASSERT_NEAR(out[h * d + i], expected, bound) << d << " " << i;
        }
      }
    }
  }
}

TEST_P(AttentionKernels, Int4ValuesAddToFifteenBitsForEachGroup) {
  for (const std::uint32_t d : head_dims) {
    for (const std::size_t heads : head_counts) {
      const PageSample page(KvFormat::int4, d, d + 1);
      std::vector<float> weights(heads * 40);
      for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = std::fabs(plain_floats(1, i)[0]);
      const std::vector<float> before = plain_floats(heads * d, 2);
      std::vector<float> out = before;
      set().accumulate_int4(page.view(), weights.data(), 40, heads, d, out.data());
      for (std::size_t h = 0; h < heads; ++h) {
        for (std::uint32_t i = 0; i < d; ++i) {
          double largest = 0;
          double expected = before[h * d + i];
          double codes = 0;
          for (std::uint32_t j = 0; j < 32; ++j) {
            const double weight = static_cast<double>(weights[h * 40 + j]);
            largest = std::max(largest, std::fabs(weight * page.value_scale(j, i)));
            expected += weight * page.value(j, i);
            codes += std::fabs(page.value(j, i) / page.value_scale(j, i));
          }
          // Each weight is off by at most half of largest/16256.
          const double bound =
              0.51 * largest / 16256 * codes + 8 * ulp * (std::fabs(expected) + largest * 127);
          ASSERT_NEAR(out[h * d + i], expected, bound) << d << " " << i;
        }
      }
    }
  }
}

TEST_P(AttentionKernels, HadamardIsOrthonormalAndItsOwnInverse) {
  for (const std::uint32_t d : head_dims) {
    const std::vector<float> x = plain_floats(d, d, 3.0F);
    const std::vector<float> y = plain_floats(d, d + 1, 3.0F);
    std::vector<float> turned_x = x;
    std::vector<float> turned_y = y;
    set().hadamard(turned_x.data(), d);
    set().hadamard(turned_y.data(), d);
    double before = 0;
    double after = 0;
    for (std::uint32_t i = 0; i < d; ++i) {
      before += static_cast<double>(x[i]) * static_cast<double>(y[i]);
      after += static_cast<double>(turned_x[i]) * static_cast<double>(turned_y[i]);
    }
    EXPECT_NEAR(after, before, 1e-4) << d;
    set().hadamard(turned_x.data(), d);
    for (std::uint32_t i = 0; i < d; ++i) ASSERT_NEAR(turned_x[i], x[i], 1e-5) << d;
    // One element spreads evenly over the block that it is in.
    std::vector<float> spike(d, 0.0F);
    spike[0] = 1.0F;
    set().hadamard(spike.data(), d);
    const double block = static_cast<double>(std::bit_floor(d));
    for (std::uint32_t i = 0; i < d; ++i) {
      ASSERT_NEAR(std::fabs(spike[i]), i < block ? 1 / std::sqrt(block) : 0, 1e-6) << d;
    }
  }
}

TEST_P(AttentionKernels, FloatValuesAddOnlyTheRange) {
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16}) {
    for (const std::uint32_t d : head_dims) {
      const PageSample page(format, d, d + 2);
      const std::vector<float> weights = plain_floats(2 * 32, 5);
      std::vector<float> out(2 * d, 0.5F);
      set().accumulate_float(page.view(), format, weights.data(), 32, 3, 30, 2, d, out.data());
      for (std::size_t h = 0; h < 2; ++h) {
        for (std::uint32_t i = 0; i < d; ++i) {
          float expected = 0.5F;
          for (std::uint32_t j = 3; j < 30; ++j) {
            expected =
                std::fma(weights[h * 32 + j], static_cast<float>(page.value(j, i)), expected);
          }
          ASSERT_EQ(out[h * d + i], expected) << d << " " << i;
        }
      }
    }
  }
}

TEST_P(AttentionKernels, SegmentsFoldIntoOneSoftmax) {
  for (const float gap : {-100.0F, -61.0F, -3.0F, 0.0F, 3.0F, 61.0F, 100.0F}) {
    const std::vector<float> segment = plain_floats(48, 1);
    const std::vector<float> before = plain_floats(48, 2);
    std::vector<float> total = before;
    SoftmaxState state{.maximum = 1.5F, .sum = 7.0F};
    set().combine({.maximum = 1.5F + gap, .sum = 3.0F}, segment.data(), 48, state, total.data());
    const double maximum = 1.5 + std::max(gap, 0.0F);
    const double keep = gap > 60 ? 0 : std::exp(1.5 - maximum);
    const double join = gap < -60 ? 0 : std::exp(1.5 + gap - maximum);
    EXPECT_EQ(state.maximum, maximum);
    EXPECT_NEAR(state.sum, 7 * keep + 3 * join, 1e-5);
    for (std::size_t i = 0; i < 48; ++i) {
      ASSERT_NEAR(total[i], before[i] * keep + segment[i] * join, 6 * ulp) << gap;
    }
  }
}

// Weights of a hostile file may make any score. The softmax stops what is no number: its weights
// are in [0, 1], which is what keeps the integer sums of the values within 32 bits.
TEST_P(AttentionKernels, NotANumberEndsInTheSoftmax) {
  const PageSample page(KvFormat::int8, 16, 1);
  for (const std::size_t position : {0U, 9U}) {
    for (const float odd : {std::nanf(""), -std::nanf(""), INFINITY, -INFINITY, 3e38F}) {
      std::vector<float> scores = plain_floats(32, 1);
      scores[position] = odd;
      std::vector<std::int8_t> codes(page::query_stride(16));
      float scale = 0;
      set().quantize_query(scores.data(), 16, 1.0F, codes.data(), &scale);
      for (const std::int8_t code : codes) EXPECT_GE(code, -127);
      set().softmax_segment(scores.data(), 0, 32, 32);
      for (const float weight : scores) ASSERT_TRUE(weight >= 0 && weight <= 1) << odd << weight;
      std::vector<float> out(16, 0.0F);
      set().accumulate_int8(page.view(), scores.data(), 32, 1, 16, out.data());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, AttentionKernels, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test

// Queries and softmax of every set against double arithmetic: quantization and turning of queries,
// the softmax of a segment and the folding of segments.
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
constexpr double ulp = 0x1p-24;

class SoftmaxKernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  [[nodiscard]] const KernelSet& set() const { return *GetParam(); }
};

TEST_P(SoftmaxKernels, QuantizeQueryIsWithinHalfAStep) {
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

TEST_P(SoftmaxKernels, HadamardIsOrthonormalAndItsOwnInverse) {
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

TEST_P(SoftmaxKernels, SoftmaxOfASegmentIsRight) {
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

TEST_P(SoftmaxKernels, SegmentsFoldIntoOneSoftmax) {
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

// Weights of a hostile file can produce any score. If one is NaN or infinite, the sum becomes NaN
// and the weights become zero. Weights in [0, 1] keep the integer sums of the values within 32
// bits.
TEST_P(SoftmaxKernels, NotANumberEndsInTheSoftmax) {
  const PageSample page(KvFormat::int8, 16, 1);
  for (const std::size_t position : {0U, 9U}) {
    for (const float odd : {std::nanf(""), -std::nanf(""), INFINITY, -INFINITY, 3e38F}) {
      std::vector<float> scores = plain_floats(32, 1);
      scores[position] = odd;
      std::vector<std::int8_t> codes(page::query_stride(16));
      float scale = 0;
      set().quantize_query(scores.data(), 16, 1.0F, codes.data(), &scale);
      for (const std::int8_t code : codes) EXPECT_GE(code, -127);
      const SoftmaxState state = set().softmax_segment(scores.data(), 0, 32, 32);
      EXPECT_EQ(std::isnan(state.sum), !std::isfinite(odd)) << odd;
      for (const float weight : scores) ASSERT_TRUE(weight >= 0 && weight <= 1) << odd << weight;
      std::vector<float> out(16, 0.0F);
      set().accumulate_int8(page.view(), scores.data(), 32, 1, 16, out.data());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, SoftmaxKernels, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test

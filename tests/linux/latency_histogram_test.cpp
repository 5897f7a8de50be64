// Quantiles of the histogram against those of a sorted list.
#include "latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/random.hpp"

namespace ringlet::port {
namespace {

/// The smallest value that a fraction q of all does not exceed.
std::uint64_t exact_quantile(std::vector<std::uint64_t> values, double q) {
  std::sort(values.begin(), values.end());
  const auto rank = std::ceil(q * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

TEST(LatencyHistogram, QuantilesAreWithinSixPercent) {
  test::Random random(7);
  LatencyHistogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20000; ++i) {
    // From nanoseconds to hours.
    values.push_back(random.next() >> (20 + random.below(40)));
    histogram.add(values.back());
  }
  EXPECT_EQ(histogram.count(), values.size());
  for (const double q : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto expected = static_cast<double>(exact_quantile(values, q));
    EXPECT_NEAR(static_cast<double>(histogram.quantile(q)), expected, 0.0625 * expected + 0.5) << q;
  }
}

TEST(LatencyHistogram, SmallValuesAreExact) {
  LatencyHistogram histogram;
  for (std::uint64_t value = 0; value < 8; ++value) histogram.add(value);
  for (std::uint64_t value = 0; value < 8; ++value) {
    EXPECT_EQ(histogram.quantile(static_cast<double>(value + 1) / 8), value);
  }
}

TEST(LatencyHistogram, TakesEveryDurationAndNone) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0U);
  histogram.add(~std::uint64_t{0});
  EXPECT_GT(histogram.quantile(1.0), ~std::uint64_t{0} / 16 * 15);
}

}  // namespace
}  // namespace ringlet::port

// Rotary steps against values computed with 120 decimal digits.
#include "source/rotary_frequencies.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

namespace ringlet::convert {
namespace {

TEST(RopeSteps, AreCorrectlyRounded) {
  const std::vector<std::uint64_t> expected{2935890503282001226, 293589050328200123,
                                            29358905032820012, 2935890503282001};
  EXPECT_EQ(rotary_frequencies({.theta = 10000}, 8), expected);
}

/// Sum and exclusive or of all steps stand for them.
void check(double theta, std::uint32_t rotary_dim, std::uint64_t sum, std::uint64_t combined) {
  const std::vector<std::uint64_t> steps = rotary_frequencies({.theta = theta}, rotary_dim);
  ASSERT_EQ(steps.size(), rotary_dim / 2);
  EXPECT_EQ(std::accumulate(steps.begin(), steps.end(), std::uint64_t{0}), sum);
  EXPECT_EQ(std::accumulate(steps.begin(), steps.end(), std::uint64_t{0}, std::bit_xor<>()),
            combined);
}

TEST(RopeSteps, AreCorrectlyRoundedForCommonModels) {
  check(10000, 48, 9210931480602377777U, 2766571405416625017U);
  check(500000, 64, 8727394272778681283U, 3053365754901732765U);
  check(1000000, 128, 15121140548209468778U, 2021369443330460580U);
}

TEST(RopeSteps, OfBaseOneAreAllTheSame) {
  for (const std::uint64_t step : rotary_frequencies({.theta = 1}, 16))
    EXPECT_EQ(step, 2935890503282001226U);
}

}  // namespace
}  // namespace ringlet::convert

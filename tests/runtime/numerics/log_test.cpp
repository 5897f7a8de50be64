// canonical_log against the C library's double log.
#include "numerics/log.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace ringlet {
namespace {

/// Distance from the true value in units of the last place of a float of that size.
double error_in_ulp(float x) {
  const double expected = std::log(static_cast<double>(x));
  int exponent = 0;
  std::frexp(expected, &exponent);
  const double ulp = std::ldexp(1.0, exponent - 24);
  return std::fabs(static_cast<double>(canonical_log(x)) - expected) / ulp;
}

TEST(Log, IsWithinOneUlpOfTheTrueValue) {
  double worst = 0;
  constexpr std::uint32_t first = 0x00800000, last = 0x7F7FFFFF;  // all positive normal numbers
  for (std::uint32_t bits = first; bits < last; bits += 1009) {
    worst = std::fmax(worst, error_in_ulp(std::bit_cast<float>(bits)));
  }
  EXPECT_LE(worst, 1.0);
}

TEST(Log, IsAccurateAroundOne) {
  EXPECT_EQ(std::bit_cast<std::uint32_t>(canonical_log(1.0F)), 0U);
  float above = 1;
  float below = 1;
  for (int i = 0; i < 100'000; ++i) {
    above = std::nextafterf(above, 2.0F);
    below = std::nextafterf(below, 0.0F);
    ASSERT_LE(error_in_ulp(above), 1.0) << above;
    ASSERT_LE(error_in_ulp(below), 1.0) << below;
  }
}

TEST(Log, IsThatOfEveryCount) {
  for (int n = 2; n < 100'000; ++n) ASSERT_LE(error_in_ulp(static_cast<float>(n)), 1.0) << n;
}

}  // namespace
}  // namespace ringlet

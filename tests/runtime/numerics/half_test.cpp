// Halves: every one of the 65,536 converts exactly, and floats round to the nearest half, ties to
// even, judged by arithmetic in double.
#include "numerics/half.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random.hpp"
#include "support/reference_weights.hpp"

namespace ringlet {
namespace {

/// The nearest half of a finite float by trying the neighbours of a truncated guess.
std::uint16_t nearest_half(float value) {
  const std::uint16_t sign = std::signbit(value) ? 0x8000U : 0U;
  const double target = std::fabs(static_cast<double>(value));
  std::uint16_t low = 0;
  std::uint16_t high = 0x7BFF;
  while (low + 1 < high) {  // halves without sign are ordered like their bits
    const auto middle = static_cast<std::uint16_t>((low + high) / 2);
    (test::half_value(middle) <= target ? low : high) = middle;
  }
  const double below = target - test::half_value(low);
  const double above = test::half_value(high) - target;
  const bool up = above < below || (above == below && low % 2 == 1);
  return static_cast<std::uint16_t>(sign | (up ? high : low));
}

TEST(Half, EveryHalfBecomesExactlyItsValue) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const double expected = test::half_value(half);
    const float actual = half_to_float(half);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(actual)) << bits;
    } else {
      EXPECT_EQ(static_cast<double>(actual), expected) << bits;
      EXPECT_EQ(std::signbit(actual), bits >= 32768) << bits;
    }
  }
}

TEST(Half, EveryFiniteHalfSurvivesTheRoundTrip) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if (!std::isfinite(half_to_float(half))) continue;
    EXPECT_EQ(float_to_half(half_to_float(half)), half) << bits;
  }
}

TEST(Half, RoundsToNearestEven) {
  test::Random random(7);
  for (int i = 0; i < 300000; ++i) {
    const int exponent = static_cast<int>(random.below(44)) - 28;  // 2^-28 … 2^15
    const float value = std::ldexp(random.symmetric(), exponent);
    ASSERT_EQ(float_to_half(value), nearest_half(value)) << value;
  }
}

TEST(Half, RoundsTiesBetweenNeighboursToEven) {
  for (std::uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const double low = test::half_value(static_cast<std::uint16_t>(bits));
    const double high = test::half_value(static_cast<std::uint16_t>(bits + 1));
    const auto tie = static_cast<float>((low + high) / 2);
    const auto even = static_cast<std::uint16_t>(bits % 2 == 0 ? bits : bits + 1);
    ASSERT_EQ(float_to_half(tie), even) << bits;
    ASSERT_EQ(float_to_half(std::nextafter(tie, 0.0F)), bits) << bits;
    ASSERT_EQ(float_to_half(std::nextafter(tie, 1e9F)), bits + 1) << bits;
    ASSERT_EQ(float_to_half(-tie), even | 0x8000U) << bits;
  }
}

TEST(Half, ClampsWhatIsTooLarge) {
  for (const float value : {65504.0F, 65519.99F, 65520.0F, 1e10F, std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(float_to_half(value), 0x7BFFU) << value;
    EXPECT_EQ(float_to_half(-value), 0xFBFFU) << value;
  }
  EXPECT_EQ(float_to_half(std::numeric_limits<float>::quiet_NaN()) & 0x7FFFU, 0x7BFFU);
}

TEST(Half, ScalesAreZeroOrNormal) {
  EXPECT_EQ(scale_to_half(0.0F), 0U);
  EXPECT_EQ(scale_to_half(-1.0F), 0U);
  EXPECT_EQ(scale_to_half(1e-30F), 0x0400U);
  EXPECT_EQ(scale_to_half(smallest_scale), 0x0400U);
  EXPECT_EQ(scale_to_half(1.0F), 0x3C00U);
  EXPECT_EQ(scale_to_half(1e9F), 0x7BFFU);
}

}  // namespace
}  // namespace ringlet

// canonical_exp against the C library's double exp.
#include "numerics/exp.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ringlet {
namespace {

/// Distance from the true value in units of the last place of a float of that size.
double error_in_ulp(float x) {
  const double expected = std::exp(static_cast<double>(x));
  int exponent = 0;
  std::frexp(expected, &exponent);
  const double ulp = std::ldexp(1.0, exponent - 24);
  return std::fabs(static_cast<double>(canonical_exp(x)) - expected) / ulp;
}

float next_up(float x) { return std::nextafterf(x, std::numeric_limits<float>::infinity()); }

TEST(Exp, IsWithinOneAndAHalfUlpOfTheTrueValue) {
  double worst = 0;
  constexpr int steps = 2'000'003;
  for (int i = 0; i <= steps; ++i) {
    const double x = -79.9 + (80.0 + 79.9) * i / steps;
    worst = std::fmax(worst, error_in_ulp(static_cast<float>(x)));
  }
  EXPECT_LE(worst, 1.5);
}

TEST(Exp, IsAccurateAroundZero) {
  for (float x = 1e-30F; x < 1.0F; x *= 1.01F) {
    EXPECT_LE(error_in_ulp(x), 1.5) << x;
    EXPECT_LE(error_in_ulp(-x), 1.5) << -x;
  }
}

TEST(Exp, HitsTheEasyValuesExactly) {
  EXPECT_EQ(canonical_exp(0.0F), 1.0F);
  EXPECT_EQ(canonical_exp(-0.0F), 1.0F);
}

TEST(Exp, IsExactlyZeroBelowItsLimit) {
  const float limit = -80.0F;
  EXPECT_GT(canonical_exp(limit), 0.0F);
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float x : {std::nextafterf(limit, -infinity), -80.5F, -1000.0F, -infinity}) {
    EXPECT_EQ(std::bit_cast<std::uint32_t>(canonical_exp(x)), 0U) << x;
  }
}

TEST(Exp, IsConstantAboveItsLimitAndZeroForNan) {
  const float largest = canonical_exp(80.0F);
  EXPECT_EQ(canonical_exp(80.1F), largest);
  EXPECT_EQ(canonical_exp(1e30F), largest);
  EXPECT_EQ(canonical_exp(std::numeric_limits<float>::infinity()), largest);
  EXPECT_EQ(canonical_exp(std::numeric_limits<float>::quiet_NaN()), 0.0F);
}

/// Where n changes, the polynomial jumps from one end of its range to the other.
TEST(Exp, IsMonotoneWithinAnUlpAcrossSegments) {
  for (int n = -115; n <= 114; ++n) {
    float x = static_cast<float>((n + 0.5) * 0.69314718055994531);
    for (int i = 0; i < 50; ++i) x = std::nextafterf(x, -100.0F);
    std::uint32_t before = std::bit_cast<std::uint32_t>(canonical_exp(x));
    for (int i = 0; i < 100; ++i) {
      x = next_up(x);
      const std::uint32_t after = std::bit_cast<std::uint32_t>(canonical_exp(x));
      EXPECT_GE(after + 1, before) << x;
      before = after;
    }
  }
}

/// Any drift of a compiler's arithmetic (contraction, fast-math) would show here.
TEST(Exp, HasItsGoldenBits) {
  std::uint32_t hash = 2166136261U;
  for (int i = 0; i <= 16000; ++i) {
    const float x = static_cast<float>(i - 8000) * 0.01F;
    hash = (hash ^ std::bit_cast<std::uint32_t>(canonical_exp(x))) * 16777619U;
  }
  EXPECT_EQ(hash, 0x608654DAU);
}

}  // namespace
}  // namespace ringlet

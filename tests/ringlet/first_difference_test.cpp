#include "first_difference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ringlet::cli {
namespace {

using Floats = std::vector<float>;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

TEST(FirstDifference, EqualBitsAreNone) {
  EXPECT_EQ(first_difference(Floats{}, Floats{}), std::nullopt);
  EXPECT_EQ(first_difference(Floats{1, -0.0F, nan}, Floats{1, -0.0F, nan}), std::nullopt);
}

TEST(FirstDifference, IsTheFirstOfSeveral) {
  EXPECT_EQ(first_difference(Floats{1, 2, 3, 4}, Floats{1, 2, 5, 6}), 2U);
  EXPECT_EQ(first_difference(Floats{1, 1}, Floats{std::nextafter(1.0F, 2.0F), 1}), 0U);
}

TEST(FirstDifference, EqualNumbersWithOtherBitsDiffer) {
  EXPECT_EQ(first_difference(Floats{7, 0.0F}, Floats{7, -0.0F}), 1U);
  EXPECT_EQ(first_difference(Floats{nan}, Floats{-nan}), 0U);
}

TEST(FirstDifference, AMissingNumberDiffers) {
  EXPECT_EQ(first_difference(Floats{1, 2}, Floats{1}), 1U);
  EXPECT_EQ(first_difference(Floats{}, Floats{1}), 0U);
}

}  // namespace
}  // namespace ringlet::cli

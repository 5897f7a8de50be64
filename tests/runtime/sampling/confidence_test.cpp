// Confidence against float64, and its text.
#include "ringlet/confidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "support/random.hpp"

namespace ringlet {
namespace {

std::vector<std::uint32_t> mask_of(const std::vector<bool>& allowed) {
  std::vector<std::uint32_t> mask((allowed.size() + 31) / 32);
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    if (allowed[i]) mask[i / 32] |= 1U << i % 32;
  }
  return mask;
}

TEST(Confidence, AgreesWithDoubles) {
  test::Random random(4);
  Confidence confidence;
  double product = 1;
  double least = 1;
  for (int step = 0; step < 20; ++step) {
    const std::uint32_t size = 3000;
    std::vector<float> logits(size);
    std::vector<bool> allowed(size);
    for (std::uint32_t i = 0; i < size; ++i) {
      logits[i] = 9 * random.symmetric();
      allowed[i] = random.below(3) == 0;
    }
    const TokenId chosen = random.below(size);
    logits[chosen] = 14;
    allowed[chosen] = true;
    double total = 0;
    double of_allowed = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      const double weight = std::exp(static_cast<double>(logits[i]));
      total += weight;
      if (allowed[i]) of_allowed += weight;
    }
    product *= std::exp(14.0) / total;
    least = std::min(least, of_allowed / total);
    confidence.observe(logits, mask_of(allowed), chosen);
    EXPECT_NEAR(confidence.confidence() / product, 1, 1e-5);
    EXPECT_NEAR(confidence.allowed() / least, 1, 1e-6);
  }
  confidence.reset();
  EXPECT_EQ(confidence.confidence(), 1.0F);
  EXPECT_EQ(confidence.allowed(), 1.0F);
}

TEST(Confidence, OfEverythingAllowedIsOne) {
  std::vector<float> logits(1000);
  test::Random random(8);
  for (float& logit : logits) logit = 5 * random.symmetric();
  Confidence confidence;
  confidence.observe(logits, {}, 3);
  EXPECT_EQ(confidence.allowed(), 1.0F);
  confidence.observe(logits, mask_of(std::vector<bool>(1000, true)), 4);
  EXPECT_EQ(confidence.allowed(), 1.0F);
}

TEST(Confidence, OfStrangeLogits) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const auto observed = [](std::vector<float> logits, std::vector<bool> allowed, TokenId chosen) {
    Confidence confidence;
    confidence.observe(logits, mask_of(allowed), chosen);
    return std::pair(confidence.confidence(), confidence.allowed());
  };
  EXPECT_EQ(observed({infinity, 0, infinity}, {true, true, false}, 0), std::pair(0.5F, 0.5F));
  EXPECT_EQ(observed({nan, 1, nan}, {true, true, true}, 1), std::pair(1.0F, 1.0F));
  EXPECT_EQ(observed({nan, 1}, {true, false}, 0), std::pair(0.0F, 0.0F));
  EXPECT_EQ(observed({nan, nan}, {true, true}, 0), std::pair(0.0F, 0.0F));
  EXPECT_EQ(observed({-infinity, -infinity}, {true, true}, 0), std::pair(0.0F, 0.0F));
  EXPECT_EQ(observed({0, 0}, {true, true}, 9), std::pair(0.0F, 0.0F));
  // No denormal number comes out.
  Confidence confidence;
  for (int i = 0; i < 40; ++i) {
    confidence.observe(std::vector<float>{0, 20}, {}, 0);
    EXPECT_TRUE(confidence.confidence() == 0 || std::isnormal(confidence.confidence()));
  }
  EXPECT_EQ(confidence.confidence(), 0.0F);
}

TEST(Confidence, IsTheSameOnEveryTarget) {
  test::Random random(5);
  Confidence confidence;
  for (int step = 0; step < 8; ++step) {
    std::vector<float> logits(777);
    for (float& logit : logits) logit = 3 * random.symmetric();
    std::vector<bool> allowed(777);
    for (std::size_t i = 0; i < 777; ++i) allowed[i] = i % 5 != 0;
    logits[33] = 6;
    confidence.observe(logits, mask_of(allowed), 33);
  }
  EXPECT_EQ(std::bit_cast<std::uint32_t>(confidence.confidence()), 0x33C5FC75U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(confidence.allowed()), 0x3F4E9AD1U);
}

TEST(PrintProbability, RoundsHalvesUp) {
  const auto printed = [](float p) {
    char buffer[5];
    return std::string(print_probability(p, buffer));
  };
  EXPECT_EQ(printed(0.0F), "0.000");
  EXPECT_EQ(printed(1.0F), "1.000");
  EXPECT_EQ(printed(0.97349F), "0.973");
  EXPECT_EQ(printed(0.0625F), "0.063");  // exactly a half
  EXPECT_EQ(printed(0.9999F), "1.000");
  EXPECT_EQ(printed(0x1p-11F), "0.000");
  EXPECT_EQ(printed(std::numeric_limits<float>::denorm_min()), "0.000");
  EXPECT_EQ(printed(std::numeric_limits<float>::quiet_NaN()), "0.000");
  EXPECT_EQ(print_probability(0.5F, {}), "");
  test::Random random(6);
  for (int i = 0; i < 20000; ++i) {
    const float p = static_cast<float>(random.below(1U << 24)) * 0x1p-24F;
    const long thousandths = std::lround(static_cast<double>(p) * 1000);
    char expected[48];
    std::snprintf(expected, sizeof(expected), "%ld.%03ld", thousandths / 1000, thousandths % 1000);
    EXPECT_EQ(printed(p), expected) << p;
  }
}

}  // namespace
}  // namespace ringlet

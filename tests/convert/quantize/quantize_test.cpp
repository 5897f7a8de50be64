// The quantizers: never worse than the usual rules, close to the exhaustive optimum, exact on
// lattices.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "numerics/half.hpp"
#include "quantize/quantize.hpp"

namespace ringlet::convert {
namespace {

using Group = std::array<float, packed::group_size>;

/// The squared error of rounding to the nearest code at this scale.
double error_at(const Group& weights, float scale, int lowest, int highest) {
  double error = 0;
  for (const float weight : weights) {
    const double ratio = scale != 0 ? weight / double{scale} : 0;
    const double code = std::clamp(std::nearbyint(ratio), double(lowest), double(highest));
    error += (weight - scale * code) * (weight - scale * code);
  }
  return error;
}

float largest(const Group& weights) {
  float result = 0;
  for (const float weight : weights) result = std::max(result, std::abs(weight));
  return result;
}

float stored(float scale) { return half_to_float(scale_to_half(scale)); }

/// The best of all fp16 scales.
double exhaustive_error(const Group& weights, int lowest, int highest) {
  double best = error_at(weights, 0, lowest, highest);
  for (std::uint16_t half = scale_to_half(smallest_scale); half < 0x7C00; ++half) {
    const float scale = half_to_float(half);
    if (scale > 2 * largest(weights)) break;
    if (scale * 40 < largest(weights)) continue;  // clips everything
    best = std::min({best, error_at(weights, scale, lowest, highest),
                     error_at(weights, -scale, lowest, highest)});
  }
  return best;
}

Group normal_group(std::mt19937& random, float deviation) {
  std::normal_distribution<float> normal(0, deviation);
  Group group;
  for (float& weight : group) weight = normal(random);
  return group;
}

Group with_extreme(std::mt19937& random, float extreme) {
  Group group = normal_group(random, 0.02F);
  group[random() % group.size()] = extreme;
  return group;
}

Group constant(float value) {
  Group group;
  group.fill(value);
  return group;
}

/// Random groups of every magnitude that a format must survive, and the special ones.
std::vector<Group> test_groups() {
  std::mt19937 random(20240601);
  std::vector<Group> groups{constant(0),     constant(1),      constant(-1),    constant(0.1F),
                            constant(1e-9F), constant(-1e-9F), constant(1e-42F)};
  for (int i = 0; i < 200; ++i) groups.push_back(normal_group(random, 0.05F));
  for (int i = 0; i < 50; ++i) {
    groups.push_back(with_extreme(random, 1.0F));
    groups.push_back(with_extreme(random, -1.0F));
    groups.push_back(with_extreme(random, -0.1F));
    groups.push_back(normal_group(random, 3e4F));
    groups.push_back(normal_group(random, 1e-4F));  // around the smallest scale
    groups.push_back(normal_group(random, 1e-7F));
  }
  return groups;
}

void check_stored_form(const QuantizedGroup& group, const Group& weights, int lowest, int highest) {
  const float scale = half_to_float(group.scale);
  double error = 0;
  bool any = false;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    ASSERT_GE(group.codes[i], lowest);
    ASSERT_LE(group.codes[i], highest);
    any = any || group.codes[i] != 0;
    const double difference = weights[i] - double{scale} * group.codes[i];
    error += difference * difference;
  }
  EXPECT_DOUBLE_EQ(group.squared_error, error);
  EXPECT_EQ(any, group.scale != 0) << "a scale without codes or codes without a scale";
  if (any) {
    EXPECT_GE(std::abs(scale), smallest_scale);
    EXPECT_TRUE(std::isfinite(scale));
  }
}

TEST(QuantizeInt4, IsNeverWorseThanTheUsualRules) {
  for (const Group& weights : test_groups()) {
    const QuantizedGroup group = quantize_int4(weights);
    check_stored_form(group, weights, -8, 7);
    const float amax = largest(weights);
    EXPECT_LE(group.squared_error, error_at(weights, stored(amax / 7), -8, 7));
    EXPECT_LE(group.squared_error, error_at(weights, stored(amax / 8), -8, 7));
    EXPECT_LE(group.squared_error, error_at(weights, -stored(amax / 8), -8, 7));
    EXPECT_LE(group.squared_error, error_at(weights, 0, -8, 7));
  }
}

TEST(QuantizeInt4, IsCloseToTheBestOfAllScales) {
  std::mt19937 random(7);
  double found = 0;
  double best = 0;
  for (int i = 0; i < 300; ++i) {
    const Group weights =
        i % 3 == 0 ? with_extreme(random, i % 2 == 0 ? 0.1F : -0.1F) : normal_group(random, 0.05F);
    found += quantize_int4(weights).squared_error;
    best += exhaustive_error(weights, -8, 7);
  }
  EXPECT_LE(found, best * 1.001);
}

TEST(QuantizeInt4, IsExactOnALattice) {
  std::mt19937 random(8);
  for (int highest = 1; highest <= 7; ++highest) {
    for (const float scale : {0.25F, 0.01F, 3.5F}) {
      Group weights;
      for (float& weight : weights) {
        weight = stored(scale) * static_cast<float>(static_cast<int>(random() % 15) - 8);
        weight = std::min(weight, stored(scale) * static_cast<float>(highest));
      }
      EXPECT_EQ(quantize_int4(weights).squared_error, 0) << highest << " " << scale;
    }
  }
}

TEST(QuantizeInt4, IsDeterministic) {
  std::mt19937 random(9);
  const Group weights = normal_group(random, 1);
  const QuantizedGroup first = quantize_int4(weights);
  const QuantizedGroup second = quantize_int4(weights);
  EXPECT_EQ(first.scale, second.scale);
  EXPECT_EQ(first.codes, second.codes);
}

TEST(QuantizeInt8, IsNeverWorseThanTheUsualRule) {
  for (const Group& weights : test_groups()) {
    const QuantizedGroup group = quantize_int8(weights);
    check_stored_form(group, weights, -127, 127);
    EXPECT_LE(group.squared_error, error_at(weights, stored(largest(weights) / 127), -127, 127));
  }
}

TEST(QuantizeInt8, KeepsTheCodesOfALargerGroup) {
  // A group of 32 out of a group of 64 whose largest code (127) lies in the other half.
  std::mt19937 random(10);
  for (int round = 0; round < 100; ++round) {
    const float scale = 0.0123F * static_cast<float>(round + 1);  // not a half
    Group weights;
    std::array<int, packed::group_size> codes{};
    const int range = 20 + round;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      codes[i] = static_cast<int>(random() % static_cast<unsigned>(2 * range + 1)) - range;
      weights[i] = scale * static_cast<float>(codes[i]);
    }
    codes[0] = 1;  // so that the codes have no common divisor
    weights[0] = scale;
    const QuantizedGroup group = quantize_int8(weights);
    EXPECT_TRUE(std::equal(codes.begin(), codes.end(), group.codes.begin()));
    EXPECT_NEAR(half_to_float(group.scale) / scale, 1, 0x1p-11);
  }
}

}  // namespace
}  // namespace ringlet::convert

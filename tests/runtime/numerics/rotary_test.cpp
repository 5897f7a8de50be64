// Angles are exact for every position: phases are multiplied here in pieces of 16 bits, and the
// cosine and sine of the resulting turn must be accurate to 1.5e-7 at position 0 and at 2^63 − 1.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "numerics/rotary.hpp"
#include "support/kernel_sets.hpp"
#include "support/packed.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

constexpr double bound = 1.5e-7;

/// a · b modulo 2^64, from sixteen-bit digits.
std::uint64_t product_mod_2_64(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; i + j < 4; ++j) {
      const std::uint64_t digits = ((a >> (16 * i)) & 0xFFFF) * ((b >> (16 * j)) & 0xFFFF);
      result += digits << (16 * (i + j));  // what is shifted out is a multiple of 2^64
    }
  }
  return result;
}

/// The angle of a phase in (−π, π].
long double radians(std::uint64_t phase) {
  const auto centred = static_cast<std::int64_t>(phase);
  return std::ldexp(static_cast<long double>(centred), -63) * std::numbers::pi_v<long double>;
}

void expect_angle(std::uint64_t phase, float cosine, float sine) {
  ASSERT_NEAR(cosine, static_cast<double>(std::cos(radians(phase))), bound) << phase;
  ASSERT_NEAR(sine, static_cast<double>(std::sin(radians(phase))), bound) << phase;
}

TEST(Rotary, AnglesAreRightAllAroundTheTurn) {
  Random random(1);
  for (int i = 0; i < 200000; ++i) {
    const std::uint64_t phase = random.next();
    const Angle angle = angle_of_phase(phase);
    expect_angle(phase, angle.cosine, angle.sine);
  }
}

TEST(Rotary, AnglesAreRightAtTheSeamsOfTheQuadrants) {
  for (std::uint64_t eighth = 0; eighth < 8; ++eighth) {
    for (const std::uint64_t near : {0ULL, 1ULL, 1ULL << 20, 1ULL << 32, 1ULL << 40}) {
      for (const std::uint64_t phase : {(eighth << 61) + near, (eighth << 61) - near}) {
        const Angle angle = angle_of_phase(phase);
        expect_angle(phase, angle.cosine, angle.sine);
      }
    }
  }
  EXPECT_EQ(angle_of_phase(0).cosine, 1.0F);
  EXPECT_EQ(angle_of_phase(0).sine, 0.0F);
}

class RotaryKernels : public testing::TestWithParam<const KernelSet*> {};

TEST_P(RotaryKernels, TablesAreExactAtAnyPosition) {
  constexpr std::size_t pairs = 37;
  std::uint64_t steps[pairs];
  for (std::size_t i = 0; i < pairs; ++i) {
    const long double turns = std::pow(10000.0L, -static_cast<long double>(i) / pairs) /
                              (2 * std::numbers::pi_v<long double>);
    steps[i] = static_cast<std::uint64_t>(std::ldexp(turns, 64));
  }
  for (const std::uint64_t position : {0ULL, 1ULL, 1000000ULL, 1000000000ULL, (1ULL << 32) - 100,
                                       1000000000000ULL, (1ULL << 63) - 1}) {
    float cosine[pairs];
    float sine[pairs];
    GetParam()->rotary_table(position, steps, pairs, cosine, sine);
    for (std::size_t i = 0; i < pairs; ++i) {
      expect_angle(product_mod_2_64(position, steps[i]), cosine[i], sine[i]);
    }
  }
}

TEST_P(RotaryKernels, RotateTurnsPairsHalfAHeadApart) {
  for (const std::size_t pairs : {0U, 1U, 4U, 15U, 16U, 17U, 64U, 128U}) {
    const std::vector<float> x = plain_floats(2 * pairs + 1, pairs);
    const std::vector<float> c = plain_floats(pairs, 11);
    const std::vector<float> s = plain_floats(pairs, 12);
    std::vector<float> y(2 * pairs + 1, -7.0F);
    GetParam()->rotate(x.data(), c.data(), s.data(), pairs, y.data());
    std::vector<float> in_place = x;
    GetParam()->rotate(in_place.data(), c.data(), s.data(), pairs, in_place.data());
    for (std::size_t i = 0; i < pairs; ++i) {
      EXPECT_EQ(y[i], std::fma(x[i], c[i], -(x[i + pairs] * s[i])));
      EXPECT_EQ(y[i + pairs], std::fma(x[i + pairs], c[i], x[i] * s[i]));
      EXPECT_EQ(in_place[i], y[i]);
      EXPECT_EQ(in_place[i + pairs], y[i + pairs]);
    }
    EXPECT_EQ(y[2 * pairs], -7.0F) << "wrote past the pairs";
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, RotaryKernels, testing::ValuesIn(kernel_sets()), set_name);

}  // namespace
}  // namespace ringlet::test

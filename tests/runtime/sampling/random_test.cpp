// Philox4x32-10 against the known answers that Random123 publishes (kat_vectors).
#include "sampling/random.hpp"

#include <gtest/gtest.h>

namespace ringlet {
namespace {

TEST(Random, GivesTheKnownAnswers) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  EXPECT_EQ(
      philox4x32_10({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {0xFFFFFFFF, 0xFFFFFFFF}),
      (PhiloxBlock{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
  // The digits of pi.
  EXPECT_EQ(
      philox4x32_10({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}),
      (PhiloxBlock{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

TEST(Random, UsesEveryBitOfSeedAndCounter) {
  const float first = uniform(0, 0);
  for (int bit = 0; bit < 64; ++bit) {
    EXPECT_NE(uniform(std::uint64_t{1} << bit, 0), first) << bit;
    EXPECT_NE(uniform(0, std::uint64_t{1} << bit), first) << bit;
  }
}

TEST(Random, IsTheStatedMapOfTheFirstWord) {
  EXPECT_EQ(uniform(0, 0), static_cast<float>(0x6627E8D5U >> 8) / 16777216.0F);
  const PhiloxBlock block = philox4x32_10({2, 1, 0, 0}, {4, 3});
  EXPECT_EQ(uniform(0x0000000300000004, 0x0000000100000002),
            static_cast<float>(block[0] >> 8) / 16777216.0F);
}

TEST(Random, IsUniformOnTheHalfOpenUnitInterval) {
  constexpr int buckets = 16;
  constexpr int draws = 160'000;
  int counts[buckets] = {};
  for (std::uint64_t n = 0; n < draws; ++n) {
    const float u = uniform(42, n);
    ASSERT_GE(u, 0.0F);
    ASSERT_LT(u, 1.0F);
    ++counts[static_cast<int>(u * buckets)];
  }
  double chi_square = 0;
  for (const int count : counts) {
    const double expected = static_cast<double>(draws) / buckets;
    chi_square += (count - expected) * (count - expected) / expected;
  }
  EXPECT_LT(chi_square, 37.7);  // 15 degrees of freedom: exceeded by one seed in a thousand
}

}  // namespace
}  // namespace ringlet

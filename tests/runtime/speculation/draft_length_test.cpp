// The number of tokens to draft: what pays at a given acceptance and cost.
#include "ringlet/draft_length.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ringlet {
namespace {

// A model whose decoding is bound by memory: seven more tokens cost as much as one.
constexpr float cheap[] = {1, 1.05F, 1.1F, 1.15F, 1.25F, 1.4F, 1.6F, 2.0F};
// One that is bound by arithmetic.
constexpr float dear[] = {1, 1.9F, 2.8F, 3.7F};

/// The length after a text in which each drafted token was right with this probability.
std::uint32_t length_at(DraftLength length, double acceptance, std::uint32_t most) {
  std::uint32_t state = 1;
  for (int round = 0; round < 400; ++round) {
    const std::uint32_t drafted = std::max<std::uint32_t>(1, length.next(most));
    std::uint32_t accepted = 0;
    while (accepted < drafted) {
      state = state * 1664525U + 1013904223U;
      if (static_cast<double>(state >> 8) / (1U << 24) >= acceptance) break;
      ++accepted;
    }
    length.learn(drafted, accepted);
  }
  return length.next(most);
}

TEST(DraftLength, CanBeFixed) {
  DraftLength length = DraftLength::fixed(5);
  EXPECT_EQ(length.next(15), 5U);
  EXPECT_EQ(length.next(3), 3U);
  for (int i = 0; i < 100; ++i) length.learn(5, 0);
  EXPECT_EQ(length.next(15), 5U);
  EXPECT_EQ(DraftLength::fixed(0).next(15), 0U);
}

TEST(DraftLength, GrowsWithAcceptance) {
  EXPECT_GE(length_at(DraftLength::best(cheap, 0), 0.95, 15), 6U);
  const std::uint32_t half = length_at(DraftLength::best(cheap, 0), 0.5, 15);
  EXPECT_GE(half, 2U);
  EXPECT_LE(half, 5U);
  EXPECT_LE(length_at(DraftLength::best(cheap, 0), 0.0, 15), 1U);
}

TEST(DraftLength, NeverExceedsWhatIsAllowedOrMeasured) {
  EXPECT_EQ(length_at(DraftLength::best(cheap, 0), 1.0, 2), 2U);
  EXPECT_GE(length_at(DraftLength::best(cheap, 0), 1.0, 15), 6U);
  EXPECT_LE(length_at(DraftLength::best(cheap, 0), 1.0, 15), 7U);
  EXPECT_EQ(length_at(DraftLength::best(cheap, 0), 1.0, 0), 0U);
}

TEST(DraftLength, IsZeroWhereDraftsDoNotPay) {
  DraftLength length = DraftLength::best(dear, 0);
  std::uint32_t trials = 0;
  for (int round = 0; round < 3200; ++round) {
    const std::uint32_t drafted = length.next(3);
    trials += drafted;
    length.learn(drafted, 0);
  }
  // A trial now and then finds out whether the text has changed.
  EXPECT_GE(trials, 6U);
  EXPECT_LE(trials, 20U);
  constexpr float never[] = {1, 2.1F, 3.3F};
  DraftLength hopeless = DraftLength::best(never, 0);
  for (int round = 0; round < 1000; ++round) EXPECT_EQ(hopeless.next(3), 0U);
}

TEST(DraftLength, FindsOutThatATextRepeatsItselfNow) {
  DraftLength length = DraftLength::best(cheap, 0.2F);
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t drafted = length.next(7);
    length.learn(drafted, 0);
  }
  EXPECT_LT(length.acceptance(), 0.15F);
  int rounds = 0;
  for (std::uint32_t drafted = 0; drafted < 4 && rounds < 1000; ++rounds) {
    drafted = length.next(7);
    length.learn(drafted, drafted);
  }
  EXPECT_LT(rounds, 600);
}

TEST(DraftLength, CountsTheCostOfDrafting) {
  EXPECT_GT(length_at(DraftLength::best(cheap, 0), 0.7, 15),
            length_at(DraftLength::best(cheap, 0.3F), 0.7, 15));
  EXPECT_EQ(length_at(DraftLength::best(cheap, 3), 0.7, 15), 0U);
}

TEST(DraftLength, LearnsTheProbabilityOfATokenNotOfARound) {
  DraftLength length = DraftLength::best(cheap, 0);
  // Two right ones, then a wrong one; what came behind it was not compared.
  for (int i = 0; i < 200; ++i) length.learn(7, 2);
  EXPECT_NEAR(length.acceptance(), 2.0F / 3, 0.01F);
  for (int i = 0; i < 200; ++i) length.learn(0, 0);
  EXPECT_NEAR(length.acceptance(), 2.0F / 3, 0.01F);
}

}  // namespace
}  // namespace ringlet

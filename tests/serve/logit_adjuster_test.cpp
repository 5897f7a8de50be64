// Biases and penalties, as OpenAI's formula has them.
#include "serve/seats/logit_adjuster.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace ringlet::serve {
namespace {

TEST(ServeLogitAdjuster, NothingToAddCopiesNothing) {
  const std::array<float, 2> logits = {1.0F, 2.0F};
  LogitAdjuster adjuster(LogitAdjustments{.biases = {{1, 0.0F}}});
  adjuster.count(1);
  EXPECT_EQ(adjuster.adjust(logits, {}).data(), logits.data());
}

TEST(ServeLogitAdjuster, TheFormulaHolds) {
  const std::array<float, 5> logits = {1.0F, 2.0F, 3.0F, 4.0F,
                                       -std::numeric_limits<float>::infinity()};
  std::array<float, 5> scratch{};
  LogitAdjuster adjuster(LogitAdjustments{
      .frequency = 0.5F, .presence = 0.25F, .biases = {{3, -100.0F}, {1, 2.0F}, {4, 100.0F}}});
  for (const TokenId token : {1U, 0U, 1U}) adjuster.count(token);
  const auto adjusted = adjuster.adjust(logits, scratch);
  EXPECT_EQ(adjusted[0], 1.0F - 0.5F - 0.25F);
  EXPECT_EQ(adjusted[1], 2.0F + 2.0F - 1.0F - 0.25F);
  EXPECT_EQ(adjusted[2], 3.0F);
  EXPECT_EQ(adjusted[3], -96.0F);
  EXPECT_EQ(adjusted[4], logits[4]);
}

}  // namespace
}  // namespace ringlet::serve

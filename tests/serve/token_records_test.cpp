// Log-probabilities of tokens, and which of them a client has the text of.
#include "serve/seats/token_records.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "serve/service/shown_records.hpp"

namespace ringlet::serve {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

TokenRecords record(const std::vector<float>& logits, TokenId chosen, std::uint32_t alternatives) {
  TokenRecords records{.alternatives = alternatives};
  record_logprobs(logits, chosen, records);
  return records;
}

TEST(ServeTokenRecords, LogprobsAreThoseOfTheSoftmax) {
  // Odds of 1 : 2 : 1.
  const float two = std::log(2.0F);
  const TokenRecords records = record({5.0F, 5.0F + two, 5.0F}, 2, 3);
  EXPECT_NEAR(records.chosen[0].logprob, std::log(0.25), 1e-6);
  EXPECT_EQ(records.likeliest[0].token, 1U);
  EXPECT_NEAR(records.likeliest[0].logprob, std::log(0.5), 1e-6);
  EXPECT_EQ(records.likeliest[1].token, 0U);  // the first of equals
  EXPECT_EQ(records.likeliest[2].token, 2U);
}

TEST(ServeTokenRecords, WhatIsNoNumberIsImpossible) {
  const TokenRecords records = record({nan, 1.0F, -infinity, 0.0F}, 0, 4);
  EXPECT_EQ(records.chosen[0].logprob, least_logprob);
  EXPECT_EQ(records.likeliest[0].token, 1U);
  EXPECT_EQ(records.likeliest[1].token, 3U);
  EXPECT_EQ(records.likeliest[3].logprob, least_logprob);
  EXPECT_EQ(record({infinity, infinity}, 1, 0).chosen[0].logprob,
            static_cast<float>(-std::log(2.0)));
}

/// Records of tokens 0, 1, … that have brought so many bytes.
TokenRecords brought(std::initializer_list<std::uint16_t> bytes) {
  TokenRecords records;
  for (const std::uint16_t count : bytes) {
    records.chosen.push_back({static_cast<TokenId>(records.size()), 0});
    records.extents.push_back({count, count});
  }
  return records;
}

std::vector<TokenId> tokens_of(const TokenRecords& records) {
  std::vector<TokenId> tokens;
  for (const TokenLogprob& one : records.chosen) tokens.push_back(one.token);
  return tokens;
}

using Tokens = std::vector<TokenId>;

TEST(ServeShownRecords, PartsOfACharacterComeWithIt) {
  ShownRecords waiting;
  waiting.add(brought({3, 0, 0, 4, 0}));
  EXPECT_EQ(tokens_of(waiting.take({0, 3})), Tokens{0});
  EXPECT_EQ(tokens_of(waiting.take({0, 5})), Tokens{});
  EXPECT_EQ(tokens_of(waiting.take({0, 7})), (Tokens{1, 2, 3}));
  EXPECT_EQ(tokens_of(waiting.finish({0, 7}, false)), Tokens{4});
}

TEST(ServeShownRecords, WhatAStopStringTakesHasNoRecord) {
  ShownRecords waiting;
  waiting.add(brought({3, 2, 2, 0}));
  EXPECT_EQ(tokens_of(waiting.take({0, 4})), Tokens{0});
  EXPECT_EQ(tokens_of(waiting.finish({0, 4}, true)), Tokens{1});
  ShownRecords nothing;
  nothing.add(brought({2, 0}));
  EXPECT_EQ(tokens_of(nothing.finish({0, 0}, true)), Tokens{});
}

TEST(ServeShownRecords, ReasoningHasNone) {
  ShownRecords waiting;
  waiting.add(brought({7, 0, 5, 8}));
  EXPECT_EQ(tokens_of(waiting.take({0, 0})), Tokens{});
  waiting.add(brought({0, 4}));
  EXPECT_EQ(tokens_of(waiting.take({20, 4})), (Tokens{0, 1}));
}

TEST(ServeShownRecords, APromptComesFirst) {
  ShownRecords waiting(3);
  waiting.add(brought({0, 4}));
  EXPECT_EQ(tokens_of(waiting.take({0, 0})), (Tokens{0, 1}));
  waiting.add(brought({5, 2}));
  EXPECT_EQ(tokens_of(waiting.take({0, 2})), (Tokens{0, 1}));
}

}  // namespace
}  // namespace ringlet::serve

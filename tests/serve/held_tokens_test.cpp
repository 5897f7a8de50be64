#include "serve/seats/held_tokens.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

using Tokens = std::vector<TokenId>;

TEST(ServeHeldTokens, GoOnWhereTheyAreThoseOfThePrompt) {
  struct Case {
    Tokens held;
    Tokens prompt;
    std::size_t keep;
  };
  const Case cases[] = {{{}, {1, 2}, 0},        {{1, 2}, {1, 2, 3}, 2}, {{1, 2, 3}, {1, 4, 3}, 1},
                        {{1, 2}, {1, 2}, 1},    {{1, 2, 3}, {1, 2}, 1}, {{5}, {1, 2}, 0},
                        {{1, 1, 1}, {1, 1}, 1}, {{1}, {1}, 0},          {{}, {}, 0}};
  for (const Case& one : cases) {
    HeldTokens held;
    held.restore(one.held);
    const HeldTokens::Continuation next = held.continue_with(one.prompt);
    EXPECT_EQ(next.keep, one.keep);
    EXPECT_EQ(next.append.size(), one.prompt.size() - one.keep);
    held.hold(next);
    EXPECT_EQ(Tokens(held.tokens().begin(), held.tokens().end()), one.prompt);
  }
}

TEST(ServeHeldTokens, FollowTheSession) {
  HeldTokens held;
  for (TokenId token = 0; token < 5; ++token) held.append(token);
  held.truncate(9);
  EXPECT_EQ(held.tokens().size(), 5U);
  held.truncate(2);
  EXPECT_EQ(Tokens(held.tokens().begin(), held.tokens().end()), (Tokens{0, 1}));
}

}  // namespace
}  // namespace ringlet::serve

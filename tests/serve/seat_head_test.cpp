#include "serve/seats/seat_head.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

TEST(ServeSeatHead, ComesBackAsItWas) {
  for (const std::size_t count : {0U, 1U, 15U, 16U, 300U}) {
    std::vector<TokenId> tokens;
    for (std::size_t i = 0; i < count; ++i) tokens.push_back(static_cast<TokenId>(i * 77777));
    std::string file = write_head(tokens);
    EXPECT_EQ(file.size() % 64, 0U);
    EXPECT_EQ(head_bytes(file), file.size());
    file += "the snapshot";
    const auto head = read_head(file);
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->tokens, tokens);
    EXPECT_EQ(head->bytes, file.size() - 12);
  }
}

TEST(ServeSeatHead, DamageIsFound) {
  const std::vector<TokenId> tokens(40, 7);
  const std::string file = write_head(tokens);
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(read_head(damaged).has_value()) << at;
    EXPECT_FALSE(read_head(std::string_view(file).substr(0, at)).has_value()) << at;
  }
}

}  // namespace
}  // namespace ringlet::serve

#include "growing_encoder.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/aligned.hpp"
#include "support/text_vocabulary.hpp"

namespace ringlet {
namespace {

using Tokens = std::vector<TokenId>;

/// All tokens of a text in memory for words of `longest_word` bytes; nothing where that is too
/// little.
std::optional<Tokens> encode_in(const Tokenizer& tokenizer, std::string_view text,
                                std::uint32_t longest_word) {
  test::AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(longest_word)));
  Tokens part(2 * text.size() + 64);
  Tokens tokens;
  bool beginning = true;
  while (!text.empty()) {
    const Result<Encoded> encoded = tokenizer.encode(text, beginning, workspace.span(), part);
    if (!encoded.ok()) return std::nullopt;
    tokens.insert(tokens.end(), part.begin(),
                  part.begin() + static_cast<std::ptrdiff_t>(encoded->tokens));
    text.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  return tokens;
}

Result<Tokens> encode_growing(port::GrowingEncoder& encoder, std::string_view text) {
  Tokens tokens;
  bool beginning = true;
  while (!text.empty()) {
    const Result<Encoded> encoded = encoder.encode(text, beginning);
    if (!encoded.ok()) return encoded.status();
    tokens.insert(tokens.end(), encoder.tokens().begin(), encoder.tokens().end());
    text.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  return tokens;
}

TEST(GrowingEncoder, TakesWordsOfAnyLengthWithNoMoreThanTheyNeed) {
  const std::string text = "the " + std::string(3000, 't') + " and " + std::string(9000, 'e') + ".";
  for (std::size_t i = 0; i < test::text_vocabulary_count(); ++i) {
    const test::TextVocabulary* vocabulary = test::text_vocabulary(i);
    if (vocabulary == nullptr) continue;
    const Result<Tokenizer> tokenizer = Tokenizer::open(vocabulary->model());
    ASSERT_TRUE(tokenizer.ok());
    port::GrowingEncoder encoder(*tokenizer);
    const std::optional<Tokens> expected = encode_in(*tokenizer, text, 100'000);
    const Result<Tokens> tokens = encode_growing(encoder, text);
    ASSERT_EQ(tokens.ok(), expected.has_value()) << vocabulary->name;
    if (!expected) continue;
    EXPECT_EQ(*tokens, *expected) << vocabulary->name;
    const std::uint32_t word = encoder.longest_word();
    EXPECT_EQ(encode_in(*tokenizer, text, word), expected) << vocabulary->name << ": " << word;
    EXPECT_LT(word, 13'000U) << vocabulary->name;
  }
}

TEST(GrowingEncoder, UsualWordsNeedTheUsualRoom) {
  const test::TextVocabulary* vocabulary = test::text_vocabulary(0);
  ASSERT_NE(vocabulary, nullptr);
  const Result<Tokenizer> tokenizer = Tokenizer::open(vocabulary->model());
  ASSERT_TRUE(tokenizer.ok());
  port::GrowingEncoder encoder(*tokenizer);
  EXPECT_TRUE(encoder.tokens().empty());
  EXPECT_TRUE(encode_growing(encoder, "the then he").ok());
  EXPECT_EQ(encoder.longest_word(), 1024U);
}

}  // namespace
}  // namespace ringlet

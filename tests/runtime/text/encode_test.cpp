// How a text is split into words, and the errors if there is too little room.
#include "text/encode.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/aligned.hpp"
#include "support/pieces.hpp"
#include "text/bpe.hpp"
#include "text/word_split.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using test::TestVocabulary;

TestVocabulary letters(bool prefix, std::int32_t unknown = 0, bool bytes = true) {
  convert::SourceTokenizer source;
  source.pieces = bytes ? test::special_and_byte_pieces() : test::special_pieces();
  for (const char* text : {" ", "a", "b", " a", "ab", " ab"}) {
    source.pieces.push_back({text, static_cast<float>(std::string(text).size()), {}});
  }
  source.add_space_prefix = prefix;
  source.unknown = unknown;
  return TestVocabulary(source);
}

std::vector<std::string> words(std::string_view text, bool splits) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const Word word = first_spaced_word(text, splits);
    result.emplace_back(text.substr(0, word.source_bytes));
    text.remove_prefix(word.source_bytes);
  }
  return result;
}

TEST(Words, AreCutBeforeASpaceThatFollowsAnotherByte) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(words("one two  three", true), (Strings{"one", " two", "  three"}));
  EXPECT_EQ(words("  lead", true), (Strings{"  lead"}));
  EXPECT_EQ(words("trail  ", true), (Strings{"trail", "  "}));
  EXPECT_EQ(words("a\nb c", true), (Strings{"a\nb", " c"}));
  EXPECT_EQ(words("a\xE2\x96\x81"
                  "b \xE2\x96\x81 c",
                  true),
            (Strings{"a",
                     "\xE2\x96\x81"
                     "b",
                     " \xE2\x96\x81 c"}));
  EXPECT_EQ(words("one two", false), (Strings{"one two"}));
  EXPECT_EQ(words("", true), Strings{});
}

TEST(Words, CountTheVisibleSpaceAsOneByte) {
  const Word word = first_spaced_word("\xE2\x96\x81\xE2\x96\x81xy z", true);
  EXPECT_EQ(word.source_bytes, 8U);
  EXPECT_EQ(word.encoded_bytes, 4U);
}

TEST(EncodeWords, GivesNothingForAnEmptyText) {
  const TestVocabulary vocabulary = letters(true);
  const Result<Encoded> encoded = encode_words(vocabulary.view(), "", true, {}, {});
  ASSERT_TRUE(encoded.ok());
  EXPECT_EQ(encoded->tokens, 0U);
  EXPECT_EQ(encoded->bytes, 0U);
}

TEST(EncodeWords, PutsTheSpaceInFrontAtTheBeginningOnly) {
  const TestVocabulary with = letters(true);
  const TestVocabulary without = letters(false);
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(16)));
  const auto encode = [&](const TestVocabulary& v, std::string_view text, bool beginning) {
    std::vector<TokenId> out(16);
    const Result<Encoded> encoded = encode_words(v.view(), text, beginning, workspace.span(), out);
    EXPECT_TRUE(encoded.ok());
    EXPECT_EQ(encoded->bytes, text.size());
    out.resize(encoded->tokens);
    return out;
  };
  using Tokens = std::vector<TokenId>;
  const TokenId space = 259, ab = 263, space_ab = 264;
  EXPECT_EQ(encode(with, "ab", true), (Tokens{space_ab}));
  EXPECT_EQ(encode(with, "ab", false), (Tokens{ab}));
  EXPECT_EQ(encode(without, "ab", true), (Tokens{ab}));
  EXPECT_EQ(encode(with, " ab", true), (Tokens{space, space_ab}));
  EXPECT_EQ(encode(with, "ab ab", true), (Tokens{space_ab, space_ab}));
}

/// Every size of workspace and output: a sufficient one gives the right result; otherwise the error
/// gives a size that then works. Storage has exactly that size, so that a sanitizer detects any
/// byte beyond it.
TEST(EncodeWords, WorksWithExactlyTheWorkspaceThatItAsksFor) {
  const TestVocabulary vocabulary = letters(true);
  const std::string text = "ab abab";
  for (std::size_t size = 0; size <= Tokenizer::workspace_bytes(6); ++size) {
    AlignedBytes workspace(size);
    std::vector<TokenId> out(16);
    const Result<Encoded> encoded =
        encode_words(vocabulary.view(), text, true, workspace.span(), out);
    if (!encoded) {
      ASSERT_EQ(encoded.status().code(), ErrorCode::not_enough_memory) << size;
      EXPECT_STREQ(encoded.status().where(), "workspace");
      EXPECT_STREQ(encoded.status().setting(), "longest_word");
      EXPECT_EQ(encoded.status().suggestion(), 2U);
      EXPECT_EQ(encoded.status().needed(), Tokenizer::workspace_bytes(2));
      EXPECT_EQ(encoded.status().actual(), size);
    }
    // Only the rounding to the alignment is not needed.
    if (size + BpeEncoder::workspace_alignment <= Tokenizer::workspace_bytes(2)) {
      ASSERT_FALSE(encoded.ok()) << size;
    }
    if (size >= Tokenizer::workspace_bytes(2)) {
      ASSERT_TRUE(encoded.ok()) << size;
    }
    if (size >= Tokenizer::workspace_bytes(5)) {
      EXPECT_EQ(encoded->bytes, text.size()) << size;
    }
  }
}

TEST(EncodeWords, SaysHowManyTokensAWordNeeds) {
  const TestVocabulary vocabulary = letters(true);
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(16)));
  std::vector<TokenId> out(3);
  const Result<Encoded> first =
      encode_words(vocabulary.view(), "xyz ab", true, workspace.span(), out);
  ASSERT_EQ(first.status().code(), ErrorCode::invalid_argument);
  EXPECT_STREQ(first.status().where(), "out");
  EXPECT_EQ(first.status().needed(), 4U);
  EXPECT_EQ(first.status().actual(), 3U);
  // A later word that has no room is left for the next call.
  const Result<Encoded> second =
      encode_words(vocabulary.view(), "ab xyz", true, workspace.span(), out);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->bytes, 2U);
  EXPECT_EQ(second->tokens, 1U);
}

TEST(EncodeWords, RefusesAWorkspaceThatIsNotAligned) {
  const TestVocabulary vocabulary = letters(true);
  AlignedBytes workspace(1024);
  std::vector<TokenId> out(8);
  const Result<Encoded> encoded =
      encode_words(vocabulary.view(), "ab", true, workspace.span().subspan(4), out);
  EXPECT_EQ(encoded.status().code(), ErrorCode::invalid_argument);
  EXPECT_STREQ(encoded.status().where(), "workspace");
}

TEST(EncodeWords, UsesTheUnknownTokenWhereThereAreNoBytes) {
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(16)));
  std::vector<TokenId> out(8);
  const TestVocabulary unknown = letters(false, 0, false);
  const Result<Encoded> encoded = encode_words(unknown.view(), "aßb", true, workspace.span(), out);
  ASSERT_TRUE(encoded.ok());
  ASSERT_EQ(encoded->tokens, 3U);
  EXPECT_EQ(out[1], 0U);

  const TestVocabulary nothing = letters(false, -1, false);
  const Result<Encoded> failed = encode_words(nothing.view(), "aßb", true, workspace.span(), out);
  EXPECT_EQ(failed.status().code(), ErrorCode::unsupported);
}

TEST(EncodeWords, NeedsTheSameWorkspaceOnEveryTarget) {
  EXPECT_EQ(Tokenizer::workspace_bytes(0), 40U);
  EXPECT_EQ(Tokenizer::workspace_bytes(64), 2152U);
  EXPECT_EQ(Tokenizer::workspace_bytes(511), 16896U);
  EXPECT_EQ(Tokenizer::workspace_bytes(0xFFFFFFFF), 33ULL << 32);
}

}  // namespace
}  // namespace ringlet

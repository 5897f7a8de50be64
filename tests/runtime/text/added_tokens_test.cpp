// Control and user-defined pieces in texts, and the flags of vocabularies about spaces.
#include <gtest/gtest.h>

#include "support/pieces.hpp"

namespace ringlet {
namespace {

using convert::SourcePieceKind;
using test::encode_all;
using test::TestVocabulary;
using Tokens = std::vector<TokenId>;

constexpr TokenId control = 259, tool = 260, longer = 261, left = 262, right = 263, a = 264,
                  space = 265, space_a = 266;

convert::SourceTokenizer source() {
  convert::SourceTokenizer result;
  result.pieces = test::special_and_byte_pieces();
  result.pieces.push_back({.text = "<|end|>", .kind = SourcePieceKind::control});
  result.pieces.push_back({.text = "<tool", .kind = SourcePieceKind::user_defined});
  result.pieces.push_back({.text = "<tool>", .kind = SourcePieceKind::user_defined});
  result.pieces.push_back(
      {.text = "[L]", .kind = SourcePieceKind::user_defined, .strips_before = true});
  result.pieces.push_back(
      {.text = "[R]", .kind = SourcePieceKind::user_defined, .strips_after = true});
  for (const char* text : {"a", " ", " a"}) result.pieces.push_back({.text = text});
  result.unknown = 0;
  result.add_space_prefix = false;
  return result;
}

Tokens encode(const convert::SourceTokenizer& from, std::string_view text,
              const ControlTokens& control_tokens = {}) {
  const TestVocabulary vocabulary(from);
  const Tokens tokens = encode_all(vocabulary.view(), text, 100, control_tokens);
  EXPECT_EQ(encode_all(vocabulary.view(), text, 1, control_tokens), tokens) << text;
  return tokens;
}

TEST(AddedTokens, UserDefinedPiecesAreFoundAnywhereTheLongestFirst) {
  EXPECT_EQ(encode(source(), "a<tool>a"), (Tokens{a, longer, a}));
  EXPECT_EQ(encode(source(), "<toola"), (Tokens{tool, a}));
  EXPECT_EQ(encode(source(), "<tool<tool>"), (Tokens{tool, longer}));
}

TEST(AddedTokens, ControlPiecesAreTextUnlessMarkupIsMeant) {
  const Tokens spelled = encode(source(), "<|end|>");
  EXPECT_EQ(spelled.size(), 7U);
  EXPECT_EQ(encode(source(), "a<|end|>a", {.enabled = true}), (Tokens{a, control, a}));
}

TEST(AddedTokens, LiteralTextHasNoControlPieces) {
  const std::string text = "<|end|>a<|end|>a<|end|>";
  const auto tokens = [&](std::size_t begin, std::size_t size) {
    return encode(source(), text,
                  {.enabled = true, .literal = std::string_view(text).substr(begin, size)});
  };
  EXPECT_EQ(tokens(8, 7).size(), 1 + 1 + 7 + 1 + 1U);
  EXPECT_EQ(tokens(8, 7).front(), control);
  EXPECT_EQ(tokens(8, 7).back(), control);
  // One byte of it is enough, at either end.
  EXPECT_EQ(tokens(14, 1).size(), 1 + 1 + 7 + 1 + 1U);
  EXPECT_EQ(tokens(7, 2).size(), 1 + 1 + 7 + 1 + 1U);
  EXPECT_EQ(tokens(7, 1), (Tokens{control, a, control, a, control}));
}

TEST(AddedTokens, PlainTextHasNoUserDefinedPiecesEither) {
  const std::string text = "<tool>a<tool><|end|>a<tool>";
  const auto tokens = [&](std::size_t begin, std::size_t size, bool plain) {
    return encode(source(), text,
                  {.enabled = true,
                   .literal = std::string_view(text).substr(begin, size),
                   .literal_is_plain = plain});
  };
  EXPECT_EQ(tokens(6, 15, false).size(), 1 + 1 + 1 + 7 + 1 + 1U);
  const Tokens plain = tokens(6, 15, true);
  EXPECT_EQ(plain.size(), 1 + 1 + 6 + 7 + 1 + 1U);
  EXPECT_EQ(plain.front(), longer);
  EXPECT_EQ(plain.back(), longer);
  EXPECT_EQ(tokens(6, 0, true), (Tokens{longer, a, longer, control, a, longer}));
  // One byte of it is enough; a shorter piece in front of it is still one.
  const std::string end = "<tool>a";
  const Tokens rest = encode(
      source(), end, {.literal = std::string_view(end).substr(5, 1), .literal_is_plain = true});
  EXPECT_EQ(rest, (Tokens{tool, test::first_byte_token + '>', a}));
}

TEST(AddedTokens, MaySwallowWhiteSpaceBesideThem) {
  EXPECT_EQ(encode(source(), "a \n\u3000[L] a"), (Tokens{a, left, space_a}));
  EXPECT_EQ(encode(source(), "a [R] \t\na"), (Tokens{a, space, right, a}));
}

/// As "</s>" in a vocabulary whose normalizer prepends U+2581 to every text.
TEST(AddedTokens, CanBeFoundBehindASpaceOnly) {
  convert::SourceTokenizer from = source();
  from.pieces[tool].kind = SourcePieceKind::normal;
  from.pieces[longer].takes_space = true;
  EXPECT_EQ(encode(from, "a <tool>a"), (Tokens{a, longer, a}));
  EXPECT_EQ(encode(from, "a\u2581<tool>"), (Tokens{a, longer}));
  EXPECT_EQ(encode(from, "a  <tool> a"), (Tokens{a, space, longer, space_a}));
  EXPECT_EQ(encode(from, "a<tool>").size(), 7U) << "letters";
  EXPECT_EQ(encode(from, "<tool>").size(), 6U);
  from.add_space_prefix = true;
  EXPECT_EQ(encode(from, "<tool>a"), (Tokens{longer, a})) << "the space in front is its own";
  EXPECT_EQ(encode(from, " <tool>a"), (Tokens{space, longer, a}));
  EXPECT_EQ(encode(from, "[L]<tool>a"), (Tokens{left, longer, a}));
}

TEST(SpacePrefix, ComesAtTheBeginningAndWhereTheVocabularySaysSo) {
  convert::SourceTokenizer from = source();
  from.add_space_prefix = true;
  EXPECT_EQ(encode(from, "a<tool>a"), (Tokens{space_a, longer, space_a}));
  EXPECT_EQ(encode(from, "<tool>a"), (Tokens{longer, space_a}));
  EXPECT_EQ(encode(from, " a"), (Tokens{space, space_a}));
  from.prefix_after_added = false;
  EXPECT_EQ(encode(from, "a<tool>a"), (Tokens{space_a, longer, a}));
  from.prefix_unless_space = true;
  EXPECT_EQ(encode(from, " a"), (Tokens{space_a}));
  EXPECT_EQ(encode(from, "a"), (Tokens{space_a}));
}

TEST(Spaces, CollapseWhereTheVocabularySaysSo) {
  convert::SourceTokenizer from = source();
  from.collapse_spaces = true;
  EXPECT_EQ(encode(from, "  a   a  "), (Tokens{a, space_a}));
  EXPECT_EQ(encode(from, "   "), Tokens{});
  from.add_space_prefix = true;
  EXPECT_EQ(encode(from, "  a   a  "), (Tokens{space_a, space_a}));
  EXPECT_EQ(encode(from, "   "), Tokens{});
}

TEST(Spaces, MayEachBeginAWord) {
  convert::SourceTokenizer from = source();
  from.pieces.push_back({.text = "  "});
  EXPECT_EQ(encode(from, "  a"), (Tokens{267, a}));
  from.pre_tokenizer = PreTokenizer::spaces;
  EXPECT_EQ(encode(from, "  a"), (Tokens{space, space_a}));
}

}  // namespace
}  // namespace ringlet

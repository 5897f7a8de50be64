// The unigram encoder against a search through all ways to write a word.
#include "text/unigram.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "support/pieces.hpp"
#include "support/random.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

using test::Random;
using test::TestVocabulary;

/// The best sum of scores over all ways to write `text`, straight from the definition.
class AllWays {
 public:
  explicit AllWays(const convert::SourceTokenizer& source) : source_(source) {
    for (const convert::SourcePiece& piece : source.pieces) {
      if (piece.kind == convert::SourcePieceKind::normal) scores_.emplace(piece.text, piece.score);
    }
  }

  double best(const std::string& text) const {
    if (text.empty()) return 0;
    const std::size_t character = utf8_first_character(text);
    double most = -1e30;
    for (std::size_t size = 1; size <= text.size(); ++size) {
      const auto found = scores_.find(text.substr(0, size));
      if (found != scores_.end()) {
        most = std::max(most, double{found->second} + best(text.substr(size)));
      }
    }
    if (!scores_.contains(text.substr(0, character))) {
      most = std::max(most, double{source_.unknown_score} + best(text.substr(character)));
    }
    return most;
  }

  double score(TokenId token) const {
    return static_cast<std::int32_t>(token) == source_.unknown
               ? double{source_.unknown_score}
               : double{source_.pieces[token].score};
  }

 private:
  const convert::SourceTokenizer& source_;
  std::map<std::string, float> scores_;
};

constexpr std::array<const char*, 6> letters = {"a", "b", "é", "🦙", " ", "c"};

convert::SourceTokenizer random_tokenizer(Random& random, bool bytes) {
  convert::SourceTokenizer source;
  source.pieces = bytes ? test::special_and_byte_pieces() : test::special_pieces();
  source.encoding = Encoding::unigram;
  source.unknown = 0;
  source.unknown_score = -40;
  source.add_space_prefix = false;
  for (int i = 0; i < 25; ++i) {
    std::string text;
    for (std::uint32_t n = 1 + random.below(4); n > 0; --n) text += letters[random.below(5)];
    source.pieces.push_back({.text = text, .score = -0.25F * static_cast<float>(random.below(60))});
  }
  return source;
}

TEST(Unigram, FindsTheBestSumOfScores) {
  Random random(21);
  for (int v = 0; v < 60; ++v) {
    const TestVocabulary vocabulary(random_tokenizer(random, false));
    const AllWays all(vocabulary.source());
    for (int t = 0; t < 30; ++t) {
      std::string text;
      for (std::uint32_t n = 1 + random.below(9); n > 0; --n) text += letters[random.below(6)];
      double sum = 0;
      for (const TokenId token : test::encode_all(vocabulary.view(), text)) sum += all.score(token);
      ASSERT_NEAR(sum, all.best(text), 1e-3) << text;
    }
  }
}

TEST(Unigram, WritesUnknownCharactersAsBytesOrOnceForSeveral) {
  convert::SourceTokenizer source;
  source.pieces = test::special_and_byte_pieces();
  source.encoding = Encoding::unigram;
  source.unknown = 0;
  source.unknown_score = -20;
  source.add_space_prefix = false;
  source.pieces.push_back({.text = "a", .score = -1});
  const TokenId a = test::first_normal_piece;
  const auto byte = [](unsigned value) { return test::first_byte_token + value; };
  EXPECT_EQ(test::encode_all(TestVocabulary(source).view(), "aßa"),
            (std::vector<TokenId>{a, byte(0xC3), byte(0x9F), a}));
  source.pieces = test::special_pieces();
  source.pieces.push_back({.text = "a", .score = -1});
  EXPECT_EQ(test::encode_all(TestVocabulary(source).view(), "aßüa"),
            (std::vector<TokenId>{3, 0, 0, 3}));
  source.fuse_unknown = true;
  EXPECT_EQ(test::encode_all(TestVocabulary(source).view(), "aßüa"),
            (std::vector<TokenId>{3, 0, 3}));
}

}  // namespace
}  // namespace ringlet

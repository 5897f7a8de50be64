// The merge engine and the cutting into words, against a merge loop that looks at every pair each
// time.
#include "text/bpe.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/aligned.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "text/encode.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using test::Random;
using test::TestVocabulary;
using Tokens = std::vector<TokenId>;

/// llama2.c's encode() in the words of this test: the whole text at once, quadratic, no cleverness.
class NaiveEncoder {
 public:
  explicit NaiveEncoder(const convert::SourceTokenizer& source) : source_(source) {
    for (TokenId id = 0; id < source.pieces.size(); ++id) {
      const convert::SourcePiece& piece = source.pieces[id];
      if (piece.kind == convert::SourcePieceKind::normal && !piece.text.empty()) {
        ids_.emplace(piece.text, id);  // the first one stays
      }
      has_bytes_ = has_bytes_ || piece.kind == convert::SourcePieceKind::byte;
    }
  }

  [[nodiscard]] Tokens encode(std::string text, bool beginning) const {
    if (text.empty()) return {};
    if (beginning && source_.add_space_prefix) text.insert(0, " ");
    std::vector<Symbol> symbols = split(text);
    while (join_best_pair(symbols)) {
    }
    Tokens tokens;
    for (const Symbol& symbol : symbols) tokens.push_back(symbol.token);
    return tokens;
  }

 private:
  struct Symbol {
    std::string text;
    TokenId token;
    bool merges;
  };

  [[nodiscard]] std::vector<Symbol> split(const std::string& text) const {
    std::vector<Symbol> symbols;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t length = utf8_first_character(std::string_view(text).substr(i));
      std::string character = text.substr(i, length);
      i += length;
      if (character == "\xE2\x96\x81") character = " ";
      const auto found = ids_.find(character);
      if (found != ids_.end()) {
        symbols.push_back({character, found->second, true});
      } else if (has_bytes_) {
        for (const char byte : character) {
          const auto value = static_cast<std::uint8_t>(byte);
          symbols.push_back({std::string(1, byte), test::first_byte_token + value, false});
        }
      } else {
        symbols.push_back({character, static_cast<TokenId>(source_.unknown), false});
      }
    }
    return symbols;
  }

  bool join_best_pair(std::vector<Symbol>& symbols) const {
    std::optional<std::size_t> best;
    TokenId best_token = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      if (!symbols[i].merges || !symbols[i + 1].merges) continue;
      const auto found = ids_.find(symbols[i].text + symbols[i + 1].text);
      if (found == ids_.end()) continue;
      if (best && source_.pieces[found->second].score <= source_.pieces[best_token].score) continue;
      best = i;
      best_token = found->second;
    }
    if (!best) return false;
    symbols[*best] = {symbols[*best].text + symbols[*best + 1].text, best_token, true};
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(*best) + 1);
    return true;
  }

  const convert::SourceTokenizer& source_;
  std::map<std::string, TokenId> ids_;
  bool has_bytes_ = false;
};

/// Encodes like a caller with room for `room` tokens: calls, takes the tokens, continues. A word
/// that needs more room gets it.
Tokens encode_all(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                  std::size_t room) {
  AlignedBytes workspace(static_cast<std::size_t>(
      Tokenizer::workspace_bytes(static_cast<std::uint32_t>(text.size()))));
  Tokens all;
  std::size_t done = 0;
  while (done < text.size()) {
    Tokens out(room, 0xABABABAB);
    const Result<Encoded> encoded =
        encode_words(vocabulary, text.substr(done), beginning && done == 0, workspace.span(), out);
    if (!encoded) {
      EXPECT_EQ(encoded.status().where(), std::string("out"));
      EXPECT_GT(encoded.status().needed(), room);
      room = static_cast<std::size_t>(encoded.status().needed());
      continue;
    }
    EXPECT_GT(encoded->bytes, 0U);
    if (encoded->bytes == 0) return all;
    out.resize(encoded->tokens);
    all.insert(all.end(), out.begin(), out.end());
    done += encoded->bytes;
  }
  return all;
}

constexpr std::array<std::string_view, 8> letters = {"a", "b", "c", "é", "€", "🦙", " ", "\n"};

/// Pieces made of shorter pieces, so that long ones can be reached; few distinct scores, so that
/// ties are common; sometimes the same text twice.
convert::SourceTokenizer random_tokenizer(Random& random, bool inner_spaces, bool bytes) {
  convert::SourceTokenizer source;
  source.pieces = bytes ? test::special_and_byte_pieces() : test::special_pieces();
  const std::size_t first = source.pieces.size();
  const auto score = [&] { return -static_cast<float>(random.below(12)) * 0.5F; };
  for (const std::string_view letter : letters) {
    if (random.below(6) > 0) source.pieces.push_back({std::string(letter), score(), {}});
  }
  while (source.pieces.size() < first + 60) {
    const auto count = static_cast<std::uint32_t>(source.pieces.size() - first);
    if (count == 0) break;
    const std::string text = source.pieces[first + random.below(count)].text +
                             source.pieces[first + random.below(count)].text;
    const std::size_t word = text.find_first_not_of(' ');
    const bool inner = word != std::string::npos && text.find(' ', word) != std::string::npos;
    if (text.size() > 40 || (inner && !inner_spaces)) {
      source.pieces.push_back({"unreached" + std::to_string(count), score(), {}});
    } else {
      source.pieces.push_back({text, score(), {}});
    }
  }
  source.unknown = 0;
  source.add_space_prefix = random.below(2) == 0;
  return source;
}

/// Letters, runs of spaces, U+2581, whole characters that no piece has, and bytes that are no
/// UTF-8.
std::string random_text(Random& random) {
  std::string text;
  const std::uint32_t length = random.below(40);
  for (std::uint32_t i = 0; i < length; ++i) {
    const std::uint32_t choice = random.below(24);
    if (choice == 0) text += static_cast<char>(random.below(256));
    if (choice == 1) text += std::string("\xF0\x9F\xA6\x99").substr(0, 1 + random.below(3));
    if (choice == 2) text += "\xE2\x96\x81";
    if (choice == 3) text += "ß";
    if (choice == 4) text += std::string(random.below(4), ' ');
    if (choice >= 5) text += letters[random.below(letters.size())];
  }
  return text;
}

TEST(Bpe, EqualsTheNaiveMergeLoopOnRandomVocabularies) {
  Random random(7);
  std::size_t tokens = 0;
  std::size_t cut = 0;
  for (int v = 0; v < 150; ++v) {
    const TestVocabulary vocabulary(
        random_tokenizer(random, random.below(3) == 0, random.below(5) > 0));
    cut += vocabulary.view().splits_before_space ? 1U : 0U;
    const NaiveEncoder naive(vocabulary.source());
    for (int t = 0; t < 60; ++t) {
      const std::string text = random_text(random);
      const bool beginning = random.below(2) == 0;
      const Tokens expected = naive.encode(text, beginning);
      tokens += expected.size();
      ASSERT_EQ(encode_all(vocabulary.view(), text, beginning, 1000), expected) << text;
      // The division of the output does not change the words.
      ASSERT_EQ(encode_all(vocabulary.view(), text, beginning, random.below(8)), expected) << text;
    }
  }
  EXPECT_GT(tokens, 50'000U);  // the test is about something
  EXPECT_GT(cut, 50U);
  EXPECT_LT(cut, 150U);
}

TEST(Bpe, EqualsTheNaiveMergeLoopOnLongWords) {
  Random random(8);
  for (int v = 0; v < 20; ++v) {
    const TestVocabulary vocabulary(random_tokenizer(random, true, true));
    const NaiveEncoder naive(vocabulary.source());
    std::string text;
    while (text.size() < 700) text += random_text(random);
    ASSERT_EQ(encode_all(vocabulary.view(), text, true, 1000), naive.encode(text, true));
  }
}

/// A run of one letter is the worst case for the number of candidates.
TEST(Bpe, FitsItsWorkspaceOnRunsOfOneLetter) {
  convert::SourceTokenizer source;
  source.pieces = test::special_and_byte_pieces();
  for (std::size_t n = 1; n <= 64; ++n) {
    source.pieces.push_back({std::string(n, 'a'), static_cast<float>(n % 7), {}});
  }
  source.add_space_prefix = false;
  const TestVocabulary vocabulary(source);
  const NaiveEncoder naive(vocabulary.source());
  for (const std::size_t n : {1U, 2U, 3U, 63U, 64U, 65U, 300U}) {
    const std::string text(n, 'a');
    ASSERT_EQ(encode_all(vocabulary.view(), text, true, n), naive.encode(text, true)) << n;
  }
}

TEST(Bpe, JoinsTheBestScoreFirstAndTheLeftmostOnTies) {
  convert::SourceTokenizer source;
  source.pieces = test::special_and_byte_pieces();
  source.pieces.insert(source.pieces.end(), {{"a", -9, {}},     // 259
                                             {"b", -9, {}},     // 260
                                             {"ab", -2, {}},    // 261
                                             {"ba", -1, {}},    // 262
                                             {"aa", -2, {}}});  // 263
  source.add_space_prefix = false;
  const TestVocabulary vocabulary(source);
  EXPECT_EQ(encode_all(vocabulary.view(), "aba", true, 9), (Tokens{259, 262}));
  EXPECT_EQ(encode_all(vocabulary.view(), "aaa", true, 9), (Tokens{263, 259}));
  EXPECT_EQ(encode_all(vocabulary.view(), "aab", true, 9), (Tokens{263, 260}));
}

TEST(Bpe, TreatsMinusZeroAndZeroAsTheSameScore) {
  convert::SourceTokenizer source;
  source.pieces = test::special_and_byte_pieces();
  source.pieces.insert(source.pieces.end(), {{"a", -9, {}},       // 259
                                             {"b", -9, {}},       // 260
                                             {"ab", -0.0F, {}},   // 261
                                             {"ba", 0.0F, {}}});  // 262
  source.add_space_prefix = false;
  const TestVocabulary vocabulary(source);
  EXPECT_EQ(encode_all(vocabulary.view(), "aba", true, 9), (Tokens{261, 259}));
  EXPECT_EQ(encode_all(vocabulary.view(), "bab", true, 9), (Tokens{262, 260}));
}

TEST(Bpe, NeverMergesByteTokensByTheirSpelling) {
  convert::SourceTokenizer source;
  source.pieces = test::special_and_byte_pieces();
  source.pieces.push_back({"<0xC3><0x9F>", 5, {}});
  source.pieces.push_back({"a", -1, {}});
  source.pieces.push_back({"a\xC3", 5, {}});
  source.add_space_prefix = false;
  const TestVocabulary vocabulary(source);
  EXPECT_EQ(encode_all(vocabulary.view(), "aß", true, 9), (Tokens{260, 3 + 0xC3, 3 + 0x9F}));
}

}  // namespace
}  // namespace ringlet

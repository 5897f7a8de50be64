// Tokens to text: always valid UTF-8, whatever the tokens.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ringlet/tokenizer.hpp"
#include "support/aligned.hpp"
#include "support/model_image.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/random_model.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

using test::LoadedModel;
using test::Random;
using Tokens = std::vector<TokenId>;

const std::string replacement = "\xEF\xBF\xBD";

std::string encoded(char32_t code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

/// Repairs a whole text by a table of the possible beginnings of characters, made by encoding every
/// character. It shares nothing with the runtime's rules about bytes.
class Repair {
 public:
  Repair() : prefixes_(std::size_t{1} << 24), characters_(std::size_t{1} << 24) {
    // From U+10000 the last byte does not matter for the first three.
    for (char32_t code = 0; code < 0x110000; code += code < 0x10000 ? 1 : 64) {
      if (code >= 0xD800 && code < 0xE000) continue;
      const std::string text = encoded(code);
      for (std::size_t n = 1; n < text.size(); ++n) prefixes_[key(text.substr(0, n))] = true;
      if (text.size() < 4) characters_[key(text)] = true;
    }
  }

  [[nodiscard]] std::string operator()(std::string_view text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t begun = 1;  // the longest that could begin a character
      while (begun < 4 && i + begun <= text.size() && starts(text.substr(i, begun))) ++begun;
      // `begun` − 1 bytes begin a character; is the next byte its end?
      const std::string_view candidate = text.substr(i, begun);
      if (candidate.size() == begun && is_character(candidate)) {
        out += candidate;
        i += begun;
      } else {
        out += replacement;
        i += begun > 1 ? begun - 1 : 1;
      }
    }
    return out;
  }

 private:
  static std::size_t key(std::string_view bytes) {
    std::size_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
  }
  [[nodiscard]] bool starts(std::string_view bytes) const {
    return bytes.size() < 4 && prefixes_[key(bytes)];
  }
  [[nodiscard]] bool is_character(std::string_view bytes) const {
    if (bytes.size() < 4) return characters_[key(bytes)];
    return starts(bytes.substr(0, 3)) && (static_cast<std::uint8_t>(bytes[3]) & 0xC0) == 0x80;
  }

  // By the value of up to three bytes, the first of which is not 0 here.
  std::vector<bool> prefixes_;
  std::vector<bool> characters_;
};

class DetokenizerTest : public testing::Test {
 protected:
  static test::Recipe recipe() {
    test::Recipe recipe;
    recipe.architecture = test::small_architecture();
    recipe.architecture.vocab_size = test::tokenizer_pieces;
    recipe.tokenizer = true;
    return recipe;
  }

  [[nodiscard]] std::string text_of(const Tokens& tokens) const {
    Detokenizer detokenizer(tokenizer);
    std::string text;
    for (const TokenId token : tokens) text += detokenizer.next(token);
    text += detokenizer.finish();
    EXPECT_EQ(detokenizer.finish(), "");
    return text;
  }

  static Tokens bytes(std::string_view text) {
    Tokens tokens;
    for (const char c : text)
      tokens.push_back(test::first_byte_token + static_cast<std::uint8_t>(c));
    return tokens;
  }

  LoadedModel loaded{recipe(), test::all_int8};
  Tokenizer tokenizer = *Tokenizer::open(loaded.model);
};

TEST_F(DetokenizerTest, StripsTheSpaceInFrontOfTheFirstPieceOnly) {
  const TokenId the = tokenizer.find(" the");
  const TokenId space = tokenizer.find(" ");
  EXPECT_EQ(text_of({the, the}), "the the");
  EXPECT_EQ(text_of({tokenizer.bos(), the, the}), "the the");
  EXPECT_EQ(text_of({space, the}), " the");
  EXPECT_EQ(text_of({tokenizer.find("and"), the}), "and the");
  EXPECT_EQ(text_of({test::first_byte_token + '\n', the}), "\n the");
}

TEST_F(DetokenizerTest, KeepsTheSpaceWhereTheVocabularyAddsNone) {
  convert::SourceModel source = test::make_source(recipe());
  source.tokenizer->add_space_prefix = false;
  const LoadedModel other(test::write_image(source, test::all_int8));
  Detokenizer detokenizer(*Tokenizer::open(other.model));
  EXPECT_EQ(detokenizer.next(tokenizer.find(" the")), " the");
}

TEST_F(DetokenizerTest, PrintsNothingForControlTokensAndIdsOutOfRange) {
  EXPECT_EQ(text_of({tokenizer.bos(), tokenizer.eos(), test::tokenizer_pieces, Tokenizer::none}),
            "");
}

TEST_F(DetokenizerTest, HoldsBackACharacterUntilItIsWhole) {
  Detokenizer detokenizer(tokenizer);
  const Tokens euro = bytes("€");
  EXPECT_EQ(detokenizer.next(euro[0]), "");
  EXPECT_EQ(detokenizer.next(euro[1]), "");
  EXPECT_EQ(detokenizer.next(tokenizer.bos()), "");
  EXPECT_EQ(detokenizer.next(euro[2]), "€");
  EXPECT_EQ(detokenizer.finish(), "");
}

TEST_F(DetokenizerTest, TakesTheBytesOfATokenAsAGrammarTellsThem) {
  Detokenizer detokenizer(tokenizer);
  EXPECT_EQ(detokenizer.next_bytes("kitchen\xE2\x82"), "kitchen");
  EXPECT_EQ(detokenizer.next_bytes(""), "");
  EXPECT_EQ(detokenizer.next_bytes("\xAC \xFF"), "€ " + replacement);
  EXPECT_EQ(detokenizer.next(tokenizer.find(" the")), " the");  // no longer at the start
  const std::string longest(Detokenizer::longest_piece, '\xFF');
  EXPECT_EQ(detokenizer.next_bytes(longest + "a").size(), 3 * longest.size());
  EXPECT_EQ(detokenizer.finish(), "");
}

TEST_F(DetokenizerTest, ReplacesWhatIsUnfinished) {
  Detokenizer detokenizer(tokenizer);
  const Tokens euro = bytes("€");
  EXPECT_EQ(detokenizer.next(euro[0]), "");
  EXPECT_EQ(detokenizer.next(euro[1]), "");
  EXPECT_EQ(detokenizer.next(tokenizer.find("a")), replacement + "a");
  EXPECT_EQ(detokenizer.next(euro[0]), "");
  EXPECT_EQ(detokenizer.finish(), replacement);
  EXPECT_EQ(detokenizer.next(euro[2]), replacement);
}

/// The examples of the Unicode standard, section 3.9.
TEST_F(DetokenizerTest, ReplacesMaximalSubparts) {
  const std::string& r = replacement;
  EXPECT_EQ(text_of(bytes("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41")),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(text_of(bytes("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41")),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(text_of(bytes("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42")),
            r + r + r + r + r + "A" + r + r + "B");
  EXPECT_EQ(text_of(bytes("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41")), r + r + r + r + "A");
}

TEST_F(DetokenizerTest, EqualsAnIndependentRepairOnRandomBytes) {
  const Repair repair;
  // Leads and continuations with special rules, and an ordinary letter.
  constexpr std::string_view likely =
      "\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xED\xEF\xF0\xF4\xF5";
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(1 + random.below(12), 'x');
    for (char& c : text) {
      const std::uint32_t choice = random.below(20);
      c = choice < 16 ? likely[choice] : static_cast<char>(random.below(256));
    }
    ASSERT_EQ(text_of(bytes(text)), repair(text));
  }
}

TEST_F(DetokenizerTest, PassesEveryCharacterThrough) {
  for (char32_t code = 0; code < 0x110000; code += code < 0x3000 ? 1 : 61) {
    if (code >= 0xD800 && code < 0xE000) continue;
    ASSERT_EQ(text_of(bytes(encoded(code))), encoded(code));
    ASSERT_EQ(utf8_first_character(encoded(code) + "x"), encoded(code).size());
  }
}

TEST_F(DetokenizerTest, GivesBackWhatWasEncoded) {
  Random random(4);
  const std::vector<std::string> parts = {"the", " ", "hand", "\n", "ß", "🦙", "AB", "  ", "in"};
  test::AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(200)));
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (std::uint32_t n = random.below(20); n > 0; --n) {
      text += parts[random.below(static_cast<std::uint32_t>(parts.size()))];
    }
    Tokens tokens(300);
    const Result<Encoded> done = tokenizer.encode(text, true, workspace.span(), tokens);
    ASSERT_TRUE(done.ok());
    tokens.resize(done->tokens);
    EXPECT_EQ(text_of(tokens), text);
  }
}

}  // namespace
}  // namespace ringlet

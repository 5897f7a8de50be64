// The mask has exactly the tokens that a plain reading of the automaton allows, one by one, in all
// states of random texts, over small, published and hostile vocabularies.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "schema/ringlet_generated.h"
#include "support/grammar_rig.hpp"
#include "support/text_vocabulary.hpp"
#include "support/vocabularies.hpp"

namespace ringlet {
namespace {

using test::AlignedBytes;
using test::ReferenceMatcher;

/// The bytes of a token by the published rules of its kind; nothing for what is no text.
std::string text_of(const schema::Tokenizer& t, std::uint32_t token, bool at_start) {
  const std::uint32_t begin = token == 0 ? 0 : t.ends()->Get(token - 1);
  std::string piece(reinterpret_cast<const char*>(t.text()->data()) + begin,
                    t.ends()->Get(token) - begin);
  switch (static_cast<schema::PieceKind>(t.kinds()->Get(token))) {
    case schema::PieceKind::byte:
      return {static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16))};
    case schema::PieceKind::normal:
    case schema::PieceKind::user_defined:
      if (at_start && t.add_space_prefix() && piece.starts_with(' ')) piece.erase(0, 1);
      return piece;
    default:
      return {};
  }
}

bool is_text(const schema::Tokenizer& t, std::uint32_t token) {
  return !text_of(t, token, false).empty();
}

bool ends(const schema::Tokenizer& t, std::uint32_t token) {
  if (static_cast<std::int64_t>(token) == t.eos()) return true;
  return t.end_tokens() != nullptr &&
         std::count(t.end_tokens()->begin(), t.end_tokens()->end(), token) > 0;
}

/// Follows random texts and compares every mask.
class RandomTexts {
 public:
  RandomTexts(const Model& model, const grammar::Automaton& automaton,
              const test::RunTime& run_time)
      : tables_(*model.tables()->tokenizer()),
        vocab_size_(model.architecture().vocab_size),
        trie_(model),
        grammar_(automaton),
        reference_(automaton, run_time),
        rig_(model, trie_.trie, grammar_.grammar, run_time, {.undo_tokens = 3}) {}

  /// Returns the whole text if it came to its end.
  std::string follow(std::uint64_t seed, std::size_t most_tokens) {
    test::Random random(seed);
    bool at_start = random.below(2) == 0;
    const Status status = rig_.state.reset(at_start);
    EXPECT_EQ(status.ok(), reference_.is_possible()) << status.what();
    if (!status.ok()) return {};
    ReferenceMatcher::At at;
    std::string text;
    for (std::size_t i = 0; i < most_tokens; ++i) {
      const auto allowed = test::tokens_of(rig_.state.mask());
      compare(at, at_start, allowed);
      if (::testing::Test::HasFailure()) return {};
      if (allowed.empty()) {
        // A vocabulary can lack a token that ends, or a byte.
        EXPECT_TRUE(rig_.state.done() || !spells_all_bytes()) << "a dead end after " << text;
        return rig_.state.done() ? text : std::string();
      }
      const TokenId token = choose(random, allowed);
      EXPECT_TRUE(rig_.state.accept(token));
      if (ends(tables_, token)) {
        EXPECT_TRUE(rig_.state.ended());
        EXPECT_TRUE(test::tokens_of(rig_.state.mask()).empty());
        return text;
      }
      const std::string bytes = text_of(tables_, token, at_start);
      text += bytes;
      EXPECT_TRUE(reference_.step(at, bytes));
      EXPECT_EQ(rig_.state.done(), reference_.may_end(at)) << text;
      at_start = false;
    }
    return {};
  }

 private:
  void compare(const ReferenceMatcher::At& at, bool at_start, const std::vector<TokenId>& allowed) {
    std::vector<bool> bits(vocab_size_, false);
    for (const TokenId token : allowed) {
      ASSERT_LT(token, vocab_size_);
      bits[token] = true;
    }
    for (std::uint32_t token = 0; token < vocab_size_; ++token) {
      bool expected = false;
      if (ends(tables_, token)) {
        expected = reference_.may_end(at);
      } else if (is_text(tables_, token)) {
        ReferenceMatcher::At after = at;
        expected = reference_.step(after, text_of(tables_, token, at_start));
      }
      ASSERT_EQ(bits[token], expected)
          << "token " << token << " '" << text_of(tables_, token, false) << "'";
      if (token % 97 == 0) {
        ASSERT_EQ(rig_.state.allows(token), expected);
      }
    }
  }

  /// Mostly one with a quote or bracket, so that texts come to their ends.
  TokenId choose(test::Random& random, const std::vector<TokenId>& allowed) {
    const auto count = static_cast<std::uint32_t>(allowed.size());
    TokenId token = allowed[random.below(count)];
    for (int tries = 0; tries < 12; ++tries) {
      const std::string text = text_of(tables_, token, false);
      if (ends(tables_, token) || text.find_first_of("\"]}") != std::string::npos) break;
      token = allowed[random.below(count)];
    }
    return token;
  }

  /// Whether the vocabulary can spell every text.
  bool spells_all_bytes() {
    std::vector<bool> bytes(256, false);
    for (std::uint32_t token = 0; token < vocab_size_; ++token) {
      if (is_text(tables_, token) && text_of(tables_, token, false).size() == 1) {
        bytes[static_cast<unsigned char>(text_of(tables_, token, false)[0])] = true;
      }
    }
    return std::count(bytes.begin(), bytes.end(), false) == 0;
  }

  const schema::Tokenizer& tables_;
  std::uint32_t vocab_size_;
  test::BuiltTrie trie_;
  test::LoadedGrammar grammar_;
  ReferenceMatcher reference_;
  test::GrammarRig rig_;
};

/// How many texts: RINGLET_GRAMMAR_TEXTS, or few.
std::size_t texts_over(const Model& model) {
  if (const char* number = std::getenv("RINGLET_GRAMMAR_TEXTS")) return std::stoul(number);
  return model.architecture().vocab_size < 2000 ? 60 : 2;
}

void compare_over(const std::string& name, const Model& model) {
  const test::RunTime run_time = test::usual_run_time();
  std::size_t whole = 0;
  for (const auto& [kind, automaton] : {std::pair{"json", test::json_grammar()},
                                        {"lists", test::lists_grammar()},
                                        {"counted", test::counted_grammar()}}) {
    SCOPED_TRACE(name + ", " + kind);
    RandomTexts texts(model, automaton, run_time);
    for (std::uint64_t seed = 1; seed <= texts_over(model); ++seed) {
      const std::string text = texts.follow(seed, 40);
      if (::testing::Test::HasFailure()) return;
      if (text.empty()) continue;
      ++whole;
      EXPECT_TRUE(nlohmann::json::accept(text)) << text;
    }
  }
  if (model.tables()->tokenizer()->eos() >= 0) {
    EXPECT_GT(whole, 0U) << name;
  }
}

TEST(GrammarMask, EqualsEveryTokenByItself) {
  for (std::size_t i = 0; i < test::text_vocabulary_count(); ++i) {
    const test::TextVocabulary* vocabulary = test::text_vocabulary(i);
    if (vocabulary == nullptr) continue;
    compare_over(vocabulary->name, vocabulary->model());
    if (HasFailure()) return;
  }
}

/// Pieces that are empty, equal, very long, of no text, and such that cross the end of a rule.
convert::SourceTokenizer hostile_tokenizer() {
  using Kind = convert::SourcePieceKind;
  convert::SourceTokenizer tokenizer;
  tokenizer.pieces = {{"<unk>", 0, Kind::unknown}, {"<s>", 0, Kind::control},
                      {"</s>", 0, Kind::control},  {"", 0, Kind::normal},
                      {"\"", 0, Kind::control},    {"\"", 0, Kind::unused}};
  for (unsigned value = 0; value < 256; ++value) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", value);
    tokenizer.pieces.push_back({text, 0, Kind::byte});
  }
  for (const char* piece : {"\"",
                            "\"",
                            "a",
                            "a",
                            " ",
                            " ",
                            "  ",
                            " \"",
                            "{\"",
                            "{\"room\":\"bed",
                            "room\",\"item",
                            "\"}",
                            "\"},",
                            "}}]",
                            "]]",
                            "\":{\"",
                            "a\"",
                            "b",
                            "\xC3",
                            "\xA9",
                            "\xC3\xA9\"",
                            "\xF0\x9F",
                            "\x98\x80",
                            "12",
                            "1}",
                            "\\u00",
                            "\\",
                            "\x7F",
                            "\n",
                            "\0x",
                            "caf\xC3",
                            "the",
                            " on the",
                            "lamp",
                            "milk\"}",
                            "kitchen\"",
                            "bedroom",
                            "room",
                            ":t",
                            "~turn"}) {
    tokenizer.pieces.push_back({piece, 0, Kind::normal});
  }
  tokenizer.pieces.push_back({"{\"scene\":", 0, Kind::user_defined});
  tokenizer.pieces.push_back({"{\"scene\":", 0, Kind::user_defined});
  tokenizer.pieces.push_back({std::string(256, 'a'), 0, Kind::normal});
  tokenizer.pieces.push_back({std::string(255, '[') + "]", 0, Kind::normal});
  tokenizer.bos = 1;
  tokenizer.eos = 2;
  tokenizer.unknown = 0;
  tokenizer.end_tokens = {4};
  return tokenizer;
}

TEST(GrammarMask, OfAHostileVocabulary) {
  for (const bool prefix : {true, false}) {
    convert::SourceTokenizer tokenizer = hostile_tokenizer();
    tokenizer.add_space_prefix = prefix;
    const test::LoadedModel file(test::write_with_tokenizer(tokenizer, test::all_f32));
    compare_over(prefix ? "with prefix" : "without prefix", file.model);
  }
}

}  // namespace
}  // namespace ringlet

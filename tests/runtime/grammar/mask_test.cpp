// The mask has exactly the tokens that a plain reading of the automaton allows, one by one, in all
// states of random texts, over small, published and hostile vocabularies.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "support/grammar_rig.hpp"
#include "support/text_vocabulary.hpp"
#include "support/token_text.hpp"
#include "support/vocabularies.hpp"

namespace ringlet {
namespace {

using test::ReferenceMatcher;

/// What a vocabulary and a grammar were compared in.
struct Compared {
  std::size_t texts = 0;   // followed from their beginning
  std::size_t whole = 0;   // of them, those that came to their end
  std::size_t masks = 0;   // asked for
  std::size_t states = 0;  // different ones among those
  std::size_t tokens = 0;  // tested by themselves

  void add(const Compared& other) {
    texts += other.texts;
    whole += other.whole;
    masks += other.masks;
    states += other.states;
    tokens += other.tokens;
  }
};

/// Follows random texts. In every state that a text meets first, each token is tested by itself;
/// where the state comes again, its mask must be the same.
class RandomTexts {
 public:
  RandomTexts(const Model& model, const grammar::Automaton& automaton,
              const test::RunTime& run_time)
      : vocabulary_(model),
        vocab_size_(model.architecture().vocab_size),
        trie_(model),
        grammar_(automaton),
        reference_(automaton, run_time),
        rig_(model, trie_.trie, grammar_.grammar, run_time, {.undo_tokens = 3}) {
    for (const bool at_start : {false, true}) {
      for (std::uint32_t token = 0; token < vocab_size_; ++token) {
        texts_[at_start ? 1 : 0].push_back(vocabulary_.of(token, at_start));
      }
    }
  }

  /// Returns the whole text if it came to its end.
  std::string follow(std::uint64_t seed, std::size_t most_tokens) {
    test::Random random(seed);
    bool at_start = random.below(2) == 0;
    const Status status = rig_.state.reset(at_start);
    EXPECT_EQ(status.ok(), reference_.is_possible()) << status.what();
    if (!status.ok()) return {};
    ++compared.texts;
    ReferenceMatcher::At at;
    std::string text;
    for (std::size_t i = 0; i < most_tokens; ++i) {
      prove_mask(at, at_start);
      if (::testing::Test::HasFailure()) return {};
      const std::size_t allowed = count_of(mask_);
      if (allowed == 0) {
        // A vocabulary can lack a token that ends, or a byte.
        EXPECT_TRUE(rig_.state.done() || !vocabulary_.spell_all_bytes())
            << "a dead end after " << text;
        return rig_.state.done() ? text : std::string();
      }
      const TokenId token = choose(random, allowed);
      EXPECT_TRUE(rig_.state.accept(token));
      if (vocabulary_.ends(token)) {
        EXPECT_TRUE(rig_.state.ended());
        EXPECT_EQ(count_of(rig_.state.mask()), 0U);
        ++compared.whole;
        return text;
      }
      const std::string& bytes = texts_[at_start ? 1 : 0][token];
      ReferenceMatcher::At after = at;
      EXPECT_TRUE(reference_.step(after, bytes));
      const std::string added = reference_.text_of(at, bytes);
      EXPECT_EQ(rig_.state.text(), added);
      text += added;
      EXPECT_EQ(rig_.state.done(), reference_.may_end(at)) << text;
      at_start = false;
    }
    return {};
  }

  Compared compared;

 private:
  /// Takes the present mask, and compares it. A mask is a function of what save() writes.
  void prove_mask(const ReferenceMatcher::At& at, bool at_start) {
    std::string state(static_cast<std::size_t>(rig_.state.saved_bytes()), '\0');
    EXPECT_TRUE(rig_.state.save(std::as_writable_bytes(std::span(state))).ok());
    const std::span<const std::uint32_t> mask = rig_.state.mask();
    mask_.assign(mask.begin(), mask.end());
    ++compared.masks;
    const std::string_view bytes(reinterpret_cast<const char*>(mask_.data()),
                                 mask_.size() * sizeof(std::uint32_t));
    const std::size_t hash = std::hash<std::string_view>()(bytes);
    const auto [known, is_new] = proven_.try_emplace(std::move(state), hash);
    if (!is_new) {
      EXPECT_EQ(hash, known->second) << "the same state, and another mask";
      return;
    }
    ++compared.states;
    compare(at, at_start);
  }

  void compare(const ReferenceMatcher::At& at, bool at_start) {
    for (std::uint32_t token = 0; token < vocab_size_; ++token) {
      bool expected = false;
      if (vocabulary_.ends(token)) {
        expected = reference_.may_end(at);
      } else if (!texts_[0][token].empty()) {
        ReferenceMatcher::At after = at;
        expected = reference_.step(after, texts_[at_start ? 1 : 0][token]);
      }
      ASSERT_EQ((mask_[token / 32] >> token % 32 & 1) != 0, expected)
          << "token " << token << " '" << texts_[0][token] << "'";
      ASSERT_EQ(rig_.state.allows(token), expected)
          << "token " << token << " '" << texts_[0][token] << "'";
    }
    for (std::uint32_t bit = vocab_size_; bit < mask_.size() * 32; ++bit) {
      ASSERT_EQ(mask_[bit / 32] >> bit % 32 & 1, 0U) << "there is no token " << bit;
    }
    compared.tokens += vocab_size_;
  }

  static std::size_t count_of(std::span<const std::uint32_t> mask) {
    std::size_t count = 0;
    for (const std::uint32_t bits : mask) count += static_cast<std::size_t>(std::popcount(bits));
    return count;
  }

  /// The token of a mask that has `index` others before it.
  static TokenId token_at(std::span<const std::uint32_t> mask, std::size_t index) {
    std::size_t word = 0;
    for (;; ++word) {
      const auto here = static_cast<std::size_t>(std::popcount(mask[word]));
      if (index < here) break;
      index -= here;
    }
    std::uint32_t bits = mask[word];
    for (; index > 0; --index) bits &= bits - 1;
    return static_cast<TokenId>(word * 32 + static_cast<std::size_t>(std::countr_zero(bits)));
  }

  /// Mostly one with a quote or bracket, so that texts come to their ends.
  TokenId choose(test::Random& random, std::size_t allowed) {
    const auto any = [&] {
      return token_at(mask_, random.below(static_cast<std::uint32_t>(allowed)));
    };
    TokenId token = any();
    for (int tries = 0; tries < 12; ++tries) {
      if (vocabulary_.ends(token) || texts_[0][token].find_first_of("\"]}") != std::string::npos) {
        break;
      }
      token = any();
    }
    return token;
  }

  test::TokenTexts vocabulary_;
  std::uint32_t vocab_size_;
  std::array<std::vector<std::string>, 2> texts_;  // of all tokens; the second at a text's start
  test::BuiltTrie trie_;
  test::LoadedGrammar grammar_;
  ReferenceMatcher reference_;
  test::GrammarRig rig_;
  std::vector<std::uint32_t> mask_;
  std::unordered_map<std::string, std::size_t> proven_;  // hashes of the masks of states
};

/// How many texts: RINGLET_GRAMMAR_TEXTS, or few.
std::size_t texts_over(const Model& model) {
  if (const char* number = std::getenv("RINGLET_GRAMMAR_TEXTS")) return std::stoul(number);
  return model.architecture().vocab_size < 2000 ? 60 : 2;
}

void compare_over(const std::string& name, const Model& model) {
  const test::RunTime run_time = test::usual_run_time();
  Compared all;
  for (const auto& [kind, automaton] : {std::pair{"json", test::json_grammar()},
                                        {"lists", test::lists_grammar()},
                                        {"spaced", test::spaced_grammar()},
                                        {"counted", test::counted_grammar()}}) {
    SCOPED_TRACE(name + ", " + kind);
    RandomTexts texts(model, automaton, run_time);
    for (std::uint64_t seed = 1; seed <= texts_over(model); ++seed) {
      const std::string text = texts.follow(seed, 40);
      if (::testing::Test::HasFailure()) return;
      EXPECT_TRUE(text.empty() || nlohmann::json::accept(text)) << text;
    }
    all.add(texts.compared);
  }
  std::printf("%s: %zu texts, %zu of them whole; %zu masks in %zu states; %zu tokens compared\n",
              name.c_str(), all.texts, all.whole, all.masks, all.states, all.tokens);
  if (test::TokenTexts(model).has_end()) {
    EXPECT_GT(all.whole, 0U) << name;
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

TEST(GrammarMask, OfAHostileVocabulary) {
  for (const bool prefix : {true, false}) {
    convert::SourceTokenizer tokenizer = test::hostile_tokenizer();
    tokenizer.add_space_prefix = prefix;
    const test::LoadedModel file(test::write_with_tokenizer(tokenizer, test::all_f32));
    compare_over(prefix ? "with prefix" : "without prefix", file.model);
  }
}

}  // namespace
}  // namespace ringlet

// The trie of a vocabulary: what is in it, what opening checks, in the file and in memory.
#include "ringlet/token_trie.hpp"

#include <gtest/gtest.h>

#include "grammar/token_trie.hpp"
#include "ringlet/linux/failure.hpp"
#include "support/grammar_rig.hpp"
#include "support/pieces.hpp"
#include "support/vocabularies.hpp"

namespace ringlet {
namespace {

using test::LoadedModel;
using Kind = convert::SourcePieceKind;

convert::SourceTokenizer tokenizer() {
  convert::SourceTokenizer result;
  result.pieces = {
      {"<s>", 0, Kind::control}, {"<unk>", 0, Kind::unknown}, {"", 0, Kind::normal},
      {"off", 0, Kind::unused},  {"<0x0A>", 0, Kind::normal}, {"b", 0, Kind::normal},
      {"a", 0, Kind::normal},    {"ab", 0, Kind::normal},     {"a", 0, Kind::normal},
      {"a\"", 0, Kind::normal},  {"\xC3", 0, Kind::normal},   {"{", 0, Kind::user_defined},
      {"</s>", 0, Kind::normal}};
  result.bos = 0;
  result.unknown = 1;
  result.eos = 12;
  return result;
}

const LoadedModel& model() {
  static const LoadedModel file(test::write_with_tokenizer(tokenizer(), test::all_f32));
  return file;
}

Result<TokenTrie> open(const std::vector<std::uint32_t>& words) {
  return TokenTrie::open(model().model, std::as_bytes(std::span(words)));
}

/// The tokens of a part in the order of its nodes.
std::vector<std::uint32_t> tokens_of(const TriePart& part) {
  return {part.tokens, part.tokens + part.token_count};
}

TEST(TokenTrie, HasWhatStandsForText) {
  const auto words = port::build_token_trie(model().model);
  ASSERT_TRUE(open(words).ok());
  const TrieLayout layout(words.data(), 13);
  // "<0x0A>" of an ordinary piece is what it says; of equal pieces the lower token comes first.
  EXPECT_EQ(tokens_of(layout.plain), (std::vector<std::uint32_t>{4, 6, 8, 7, 5, 11}));
  EXPECT_EQ(tokens_of(layout.rest), (std::vector<std::uint32_t>{9, 10}));
  EXPECT_EQ(layout.plain_mask[0], 1U << 4 | 1U << 5 | 1U << 6 | 1U << 7 | 1U << 8 | 1U << 11);
}

TEST(TokenTrie, EveryOtherWordIsRefused) {
  const auto words = port::build_token_trie(model().model);
  const std::size_t depths = words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (unsigned bit = 0; bit < 32; ++bit) {
      auto changed = words;
      changed[i] ^= 1U << bit;
      const auto trie = open(changed);
      if (!trie.ok()) {
        EXPECT_EQ(trie.status().code(), ErrorCode::invalid_model);
        continue;
      }
      // Only what fills the last word of the depths of a part says nothing.
      const TrieLayout layout(words.data(), 13);
      const auto is_filler = [&](const TriePart& part) {
        const auto* word = reinterpret_cast<const std::uint8_t*>(words.data() + i) + bit / 8;
        return word >= part.depths + part.count && word < part.depths + (part.count + 3) / 4 * 4;
      };
      EXPECT_TRUE(is_filler(layout.plain) || is_filler(layout.rest)) << i << " " << bit;
    }
  }
  EXPECT_GT(depths, 20U);
}

TEST(TokenTrie, SizesMustFit) {
  auto words = port::build_token_trie(model().model);
  words.pop_back();
  EXPECT_STREQ(open(words).status().where(), "token_trie");
  EXPECT_FALSE(open({}).ok());
  EXPECT_FALSE(open({1, 2, 3}).ok());
  words = {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0};
  EXPECT_FALSE(open(words).ok());
  // Everything well formed, and nothing in it.
  EXPECT_FALSE(open({0, 0, 0, 0, 0}).ok());
}

TEST(TokenTrie, OfAFile) {
  const auto missing = TokenTrie::open(model().model);
  EXPECT_EQ(missing.status().code(), ErrorCode::unsupported);
  EXPECT_STREQ(missing.status().where(), "token_trie");
  convert::WriteOptions options = test::all_f32;
  options.token_trie = true;
  const LoadedModel with(test::write_with_tokenizer(tokenizer(), options));
  const auto trie = TokenTrie::open(with.model);
  ASSERT_TRUE(trie.ok()) << trie.status().what();
  const auto words = port::build_token_trie(model().model);
  EXPECT_TRUE(std::equal(words.begin(), words.end(), trie->words()));
  // The option changes nothing else.
  EXPECT_GT(with.bytes.size() + 4096, model().bytes.size());
}

TEST(TokenTrie, AModelWithoutTokenizerHasNone) {
  test::Recipe recipe{.architecture = test::architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 18;
  recipe.architecture.layers = 1;
  recipe.architecture.vocab_size = 20;
  const LoadedModel file(recipe, test::all_f32);
  EXPECT_STREQ(TokenTrie::open(file.model).status().where(), "tokenizer");
  EXPECT_THROW((void)port::build_token_trie(file.model), port::Failure);
}

}  // namespace
}  // namespace ringlet

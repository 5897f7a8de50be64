// The effect of a model's tables on a text: changing any of them changes the tokens.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "editable_generated.h"
#include "ringlet/tokenizer.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

using test_schema::TokenizerT;
using Tokens = std::vector<TokenId>;

/// A model file whose tokenizer has been edited.
LoadedModel model_with(const std::function<void(TokenizerT&)>& edit) {
  Recipe recipe{.architecture = small_architecture()};
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.tokenizer = true;
  return LoadedModel(with_tables(write_image(recipe, all_int8),
                                 [&](test_schema::ModelT& t) { edit(*t.tokenizer); }));
}

void as_it_is(TokenizerT&) {}

/// The tokens of a text by an edited tokenizer.
Tokens encode_with(const std::function<void(TokenizerT&)>& edit, const std::string& text) {
  const LoadedModel loaded = model_with(edit);
  const Tokenizer tokenizer = *Tokenizer::open(loaded.model);
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(32)));
  Tokens out(32);
  const Result<Encoded> encoded = tokenizer.encode(text, true, workspace.span(), out);
  EXPECT_TRUE(encoded.ok()) << encoded.status().what();
  out.resize(encoded.ok() ? encoded->tokens : 0);
  return out;
}

TEST(TokenizerTables, UnigramTakesTheBestSumOfScores) {
  const LoadedModel loaded = model_with(as_it_is);
  const Tokenizer tokenizer = *Tokenizer::open(loaded.model);
  const auto id = [&](std::string_view piece) { return tokenizer.find(piece); };
  const auto scored = [&](test_schema::TokenizerKind kind) {
    return [&, kind](TokenizerT& t) {
      t.kind = kind;
      std::fill(t.scores.begin(), t.scores.end(), -10.0F);
      t.scores[id(" t")] = t.scores[id("he")] = -1;
    };
  };
  using Kind = test_schema::TokenizerKind;
  EXPECT_EQ(encode_with(scored(Kind::unigram), "the"), (Tokens{id(" t"), id("he")}));
  EXPECT_EQ(encode_with(scored(Kind::sentencepiece_bpe), "the"), (Tokens{id(" the")}))
      << "merging goes on as long as there is a piece";
}

TEST(TokenizerTables, NormalizersOfTheModelChangeTheText) {
  // As in verify_tokenizer_test.cpp: below the root, at offset 1, the letter a, which becomes b.
  const auto edit = [](TokenizerT& t) {
    t.normalizer = std::make_unique<test_schema::NormalizerT>();
    t.normalizer->trie.assign(256, 0x80000000);
    t.normalizer->trie[0] = 1U << 10;
    t.normalizer->trie[1 ^ 'a'] = (1U ^ 'a' ^ 2U) << 10 | 1U << 8 | 'a';
    t.normalizer->trie[2] = 0x80000001;
    t.normalizer->replacements = {0, 'b', 0};
  };
  EXPECT_EQ(encode_with(edit, "a cab"), encode_with(as_it_is, "b cbb"));
  EXPECT_NE(encode_with(as_it_is, "a cab"), encode_with(as_it_is, "b cbb"));
}

TEST(TokenizerTables, RepliesEndAtTheEndOfTextAndAtTheTokensThatSaySo) {
  const LoadedModel loaded = model_with([](TokenizerT& t) { t.end_tokens = {300, 5}; });
  const Tokenizer tokenizer = *Tokenizer::open(loaded.model);
  for (const TokenId token : {2U, 5U, 300U}) EXPECT_TRUE(tokenizer.ends_reply(token)) << token;
  for (const TokenId token : {1U, 6U, 299U}) EXPECT_FALSE(tokenizer.ends_reply(token)) << token;
  EXPECT_FALSE(tokenizer.ends_reply(Tokenizer::none));
  for (const TokenId token : {1U, 2U, 5U, 300U}) EXPECT_TRUE(tokenizer.ends_text(token)) << token;
  for (const TokenId token : {6U, 299U}) EXPECT_FALSE(tokenizer.ends_text(token)) << token;
  EXPECT_FALSE(tokenizer.ends_text(Tokenizer::none));
  EXPECT_FALSE(Tokenizer().ends_reply(2));
}

}  // namespace
}  // namespace ringlet::test

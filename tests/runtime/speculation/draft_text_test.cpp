// Drafts of text, by a model that recites: which words they have, and how many. That they change
// nothing is tested in draft_model_test.cpp.
#include "ringlet/draft_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

constexpr TokenId token_space = 295;  // of the vocabulary of random models
constexpr TokenId token_space_t = 261;

TokenId letter(char c) { return 269 + static_cast<TokenId>(c - 'a'); }

/// Two words, again and again, and each letter only once, so that it tells which is next.
Tokens recited() {
  Tokens tokens{token_space};
  for (const char c : std::string_view("bcdfghijk")) tokens.push_back(letter(c));
  tokens.push_back(token_space_t);
  for (const char c : std::string_view("lmpqrsuvwxyz")) tokens.push_back(letter(c));
  return tokens;
}

/// A model whose likeliest next token is the next of the text, whatever came before.
AlignedBytes reciter() {
  Recipe recipe{.architecture = small_architecture(), .tokenizer = true};
  Architecture& a = recipe.architecture;
  a.vocab_size = tokenizer_pieces;
  a.dim = tokenizer_pieces;
  a.tied_embedding = false;
  convert::SourceModel source = make_source(recipe);
  const auto nothing = [](std::uint32_t, std::span<float> out) { std::ranges::fill(out, 0.0F); };
  for (convert::SourceLayer& layer : source.layers) {
    layer.wo.read_row = nothing;
    layer.w_down.read_row = nothing;
  }
  source.embedding.read_row = [](std::uint32_t row, std::span<float> out) {
    std::ranges::fill(out, 0.0F);
    out[row] = 1;
  };
  source.lm_head->read_row = [text = recited()](std::uint32_t row, std::span<float> out) {
    std::ranges::fill(out, 0.0F);
    const auto at = std::ranges::find(text, row);
    if (at != text.end()) out[at == text.begin() ? text.back() : *(at - 1)] = 1;
  };
  return write_image(source, all_f32);
}

/// Lets the drafter draft `drafts` tokens after each token of the text, which must be those that
/// come, and returns how many there were.
Tokens drafted_lengths(std::size_t drafts) {
  const LoadedModel model(reciter());
  LiveSession live(model.model, {.context = 64}, {}, *kernel_sets().front());
  DraftText drafter = *DraftText::create(model.model, live.session);
  const Tokens text = recited();
  Tokens lengths;
  for (std::size_t at = 0; at < 5 * text.size(); ++at) {
    drafter.observe({&text[at % text.size()], 1});
    Tokens out(drafts);
    const std::size_t count = drafter.draft(out);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(out[i], text[(at + 1 + i) % text.size()]) << at;
    }
    lengths.push_back(static_cast<TokenId>(count));
  }
  return lengths;
}

TEST(DraftText, WritesOnUntilAWordIsComplete) {
  // The words have 10 and 13 tokens. Even a draft of one needs the rest of a word, however long.
  for (const std::size_t drafts : {1U, 2U, 4U, 15U}) {
    const Tokens lengths = drafted_lengths(drafts);
    const auto none = std::ranges::count(lengths, 0U);
    EXPECT_LT(static_cast<std::size_t>(none), lengths.size() / 8) << drafts;
  }
}

}  // namespace
}  // namespace ringlet::test

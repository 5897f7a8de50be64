// A sampler and the grammar that restricts it, as one chooser of tokens.
#pragma once

#include "ringlet/language.hpp"  // first

#include <span>

#include "ringlet/confidence.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/sampler.hpp"

namespace ringlet {

/// Samples the tokens of a text that follows a grammar. TokenChooser::of() makes it a chooser for
/// speculate(), which calls sample() once for each token of the text, so that drafts need no undo.
class ConstrainedSampler {
 public:
  /// The references must outlive the object. Every token is counted in `confidence`, if there is
  /// one; that needs the mask at every token, which a greedy sampler otherwise seldom does.
  ConstrainedSampler(Sampler& sampler, GrammarState& grammar,
                     Confidence* confidence = nullptr) noexcept
      : sampler_(sampler), grammar_(grammar), confidence_(confidence) {}

  /// Samples the next token, and appends it to the text of the grammar, whose text() then tells
  /// what to print. Returns Sampler::none, and changes nothing, if no token can come next: the text
  /// has ended, or the vocabulary has no token that ends a reply. Nothing else leads there, because
  /// every state of a grammar has a way on.
  TokenId sample(std::span<const float> logits) noexcept;

 private:
  Sampler& sampler_;
  GrammarState& grammar_;
  Confidence* confidence_;
};

}  // namespace ringlet

// Speculative decoding: the same text, only sooner.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

#include "ringlet/draft_length.hpp"
#include "ringlet/drafter.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/token_chooser.hpp"

namespace ringlet {

/// Receives the tokens of a text one by one.
struct TokenSink {
  void* user_data = nullptr;
  /// Returns whether the text goes on after this token.
  bool (*take)(void* user_data, TokenId token) noexcept = nullptr;
};

/// What one round of speculate() did.
struct Round {
  TokenId last = 0;            // the last token that the sink took
  std::uint32_t emitted = 0;   // tokens that the sink took
  std::uint32_t drafted = 0;   // tokens that were verified besides the first
  std::uint32_t accepted = 0;  // of those, tokens that the text really has
  bool ended = false;          // the sink ended the text
};

/// Continues a text whose last token, `last`, has been sampled but is not in the session yet: lets
/// `drafter` propose tokens, appends `last` and the proposals in one pass (Session::verify), and
/// samples after each of them as long as the proposals are what the sampler draws (Leviathan et
/// al., "Fast Inference from Transformers via Speculative Decoding", 2023, with samples in place of
/// probabilities). Tokens that the text does not have leave the session again.
///
/// The text is the one that step() and sample() alone would give, token for token, for every
/// sampler: logits do not depend on how tokens are divided into passes, and the chooser sees the
/// same logits in the same order. Afterwards, too, the last token is not in the session:
///
///     TokenId last = sampler.sample(session.logits());
///     bool more = sink.take(sink.user_data, last);
///     while (more) {
///       const Result<Round> round = speculate(session, sampler, drafter, length, last, sink);
///       if (!round) return round.status();
///       last = round->last;
///       more = !round->ended;
///     }
///
/// At most config.draft_tokens are drafted; without a draft it is a step() and a sample().
/// `drafter` is told `last` and the accepted tokens; tell it the prompt beforehand.
///
/// Errors are those of step(): a proposal that the model cannot compute is no proposal. The session
/// and the chooser are then as before.
Result<Round> speculate(Session& session, const TokenChooser& chooser, const Drafter& drafter,
                        DraftLength& length, TokenId last, const TokenSink& sink) noexcept;

}  // namespace ringlet

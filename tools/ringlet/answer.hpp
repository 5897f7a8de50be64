// Answers that follow a grammar, one after another in the same session.
#pragma once

#include <optional>
#include <string_view>

#include "loaded_grammar.hpp"
#include "ringlet/confidence.hpp"
#include "ringlet/constrained_sampler.hpp"
#include "ringlet/draft_length.hpp"
#include "ringlet/forced_draft.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/token_chooser.hpp"
#include "ringlet/token_trie.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::cli {

/// What restricts the texts of a session: the state of a grammar, in the memory that
/// plan_grammar() reserved, and the confidence of the present answer.
class Answer {
 public:
  /// The references must outlive the object. With `counts`, the confidence is computed, which takes
  /// a mask for every token. `other` drafts where the grammar forces nothing. Throws Failure.
  Answer(const LoadedGrammar& grammar, const LoadedModel& model, const Tokenizer& tokenizer,
         Session& session, Sampler& sampler, const Drafter& other, bool counts);
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  /// Begins an answer to `request`, which must stay: its runs are what a grammar with spans takes.
  /// `beginning` is that of the answer's Detokenizer. Throws Failure.
  void begin(std::string_view request, bool beginning);

  [[nodiscard]] TokenChooser chooser() noexcept { return TokenChooser::of(sampler_); }

  /// Whether the next tokens are forced, and can be drafted.
  [[nodiscard]] bool is_forced() noexcept { return drafts_ > 0 && forced_.is_forced(); }
  [[nodiscard]] Drafter forced() noexcept { return Drafter::of(forced_); }
  /// As many as the plan has room for.
  [[nodiscard]] DraftLength forced_length() const noexcept { return DraftLength::fixed(drafts_); }

  /// What the last token added to the answer, for a Detokenizer.
  [[nodiscard]] std::string_view text() const noexcept { return state_.text(); }

  /// Whether the text so far is a whole answer.
  [[nodiscard]] bool complete() const noexcept { return state_.done() || state_.ended(); }
  /// Why the sampler finds no token. Ok if the text has ended; unsupported if it has not.
  [[nodiscard]] Status writable() const noexcept {
    if (complete()) return {};
    return {ErrorCode::unsupported, "vocabulary",
            "has no token for what must come next in this form; ask for another form, or use a "
            "model that can write it"};
  }
  [[nodiscard]] const Confidence& confidence() const noexcept { return confidence_; }

 private:
  const LoadedGrammar& grammar_;
  GrammarState state_;
  Confidence confidence_;
  ConstrainedSampler sampler_;
  ForcedDraft forced_;
  std::uint32_t drafts_;
};

}  // namespace ringlet::cli

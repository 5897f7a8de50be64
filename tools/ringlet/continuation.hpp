// Continues the text of a session: the loop of every command that generates.
#pragma once

#include <cstdint>

#include "answer.hpp"
#include "drafting.hpp"
#include "ringlet/linux/tuner.hpp"
#include "ringlet/session.hpp"
#include "ringlet/speculation.hpp"
#include "ringlet/token_chooser.hpp"
#include "run_report.hpp"

namespace ringlet::cli {

/// Chooses token after token, and counts their times in a report. Tunes the execution first, then
/// drafts if the drafting does. What a grammar forces is drafted always. Uses no heap.
class Continuation {
 public:
  /// What is referred to must outlive the object. `answer` is null without a grammar; otherwise
  /// `chooser` is its chooser.
  Continuation(Session& session, const TokenChooser& chooser, const port::Tuner& tuner,
               Drafting& drafting, RunReport& report, Answer* answer = nullptr) noexcept
      : session_(session),
        chooser_(chooser),
        tuner_(tuner),
        drafting_(drafting),
        report_(report),
        answer_(answer) {}

  /// Passes tokens to the sink, which counts those of the text in report.generated_tokens, until it
  /// ends the text, or returns the error of the library. The last token is not in the session;
  /// append() does that. `started` is the time of the prompt's start, from which the first token
  /// counts.
  [[nodiscard]] Status run(const TokenSink& sink, std::uint64_t started) noexcept;

  /// Appends the last token that the sink took, so that the session holds the whole text.
  [[nodiscard]] Status append() noexcept;

  [[nodiscard]] const port::Tuner& tuner() const noexcept { return tuner_; }

 private:
  bool begin(const TokenSink& sink, std::uint64_t started) noexcept;
  void count() noexcept;
  Result<bool> step(const TokenSink& sink) noexcept;
  Result<bool> round(const TokenSink& sink) noexcept;
  Result<bool> forced_round(const TokenSink& sink) noexcept;
  bool take(const Round& round) noexcept;

  Session& session_;
  TokenChooser chooser_;
  port::Tuner tuner_;
  Drafting& drafting_;
  RunReport& report_;
  Answer* answer_;
  TokenId last_ = 0;           // sampled, but not in the session yet
  std::uint64_t told_at_ = 0;  // when the sink took it
  std::uint64_t told_ = 0;     // tokens of the text so far
};

}  // namespace ringlet::cli

#include "continuation.hpp"

#include "clock.hpp"

namespace ringlet::cli {

using port::now_nanoseconds;

Status Continuation::run(const TokenSink& sink, std::uint64_t started) noexcept {
  const Status status = session_.set_execution(tuner_.execution());
  if (!status.ok()) return status;
  if (!begin(sink, started)) return {};
  while (true) {
    const bool forced = answer_ != nullptr && answer_->is_forced();
    const bool drafts = tuner_.settled() && drafting_.drafts();
    const Result<bool> goes_on = forced ? forced_round(sink) : drafts ? round(sink) : step(sink);
    if (!goes_on.ok()) return goes_on.status();
    if (!*goes_on) return {};
  }
}

bool Continuation::begin(const TokenSink& sink, std::uint64_t started) noexcept {
  last_ = chooser_(session_.logits());
  const bool goes_on = sink.take(sink.user_data, last_);
  told_at_ = now_nanoseconds();
  told_ = report_.generated_tokens;
  if (told_ > 0) report_.first_token_nanoseconds = told_at_ - started;
  return goes_on;
}

void Continuation::count() noexcept {
  const std::uint64_t now = now_nanoseconds();
  report_.count(report_.generated_tokens - told_, now - told_at_);
  told_at_ = now;
  told_ = report_.generated_tokens;
}

Status Continuation::append() noexcept {
  const std::uint64_t started = now_nanoseconds();
  const bool tuning = !tuner_.settled();
  drafting_.drafter().tell({&last_, 1});
  const Status status = session_.step(last_);
  if (!status.ok() || !tuning) return status;
  tuner_.record(now_nanoseconds() - started);
  return session_.set_execution(tuner_.execution());
}

/// One token without a draft.
Result<bool> Continuation::step(const TokenSink& sink) noexcept {
  const Status status = append();
  if (!status.ok()) return status;
  last_ = chooser_(session_.logits());
  const bool goes_on = sink.take(sink.user_data, last_);
  count();
  return goes_on;
}

Result<bool> Continuation::round(const TokenSink& sink) noexcept {
  const Result<Round> round = drafting_.tuner().round(session_, chooser_, last_, sink);
  if (!round.ok()) return round.status();
  return take(*round);
}

Result<bool> Continuation::forced_round(const TokenSink& sink) noexcept {
  DraftLength length = answer_->forced_length();
  const Result<Round> round = speculate(session_, chooser_, answer_->forced(), length, last_, sink);
  if (!round.ok()) return round.status();
  return take(*round);
}

bool Continuation::take(const Round& round) noexcept {
  last_ = round.last;
  count();
  return !round.ended;
}

}  // namespace ringlet::cli

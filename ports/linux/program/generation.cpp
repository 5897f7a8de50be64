#include "generation.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>

#include "not_finite.hpp"
#include "terminal.hpp"
#include "visible_text.hpp"

namespace ringlet::cli {
namespace {

using port::now_nanoseconds;

constexpr std::string_view bold = "\033[1m";
constexpr std::string_view dim = "\033[2m";
constexpr std::string_view plain = "\033[0m";

/// Turns the progress of one part of the prompt into that of the whole, and a signal into a request
/// to stop after the chunk.
struct PrefillWatch {
  port::ProgressBar& bar;
  std::uint64_t bytes_before;
  std::uint64_t bytes;
  std::uint64_t total;

  static bool report(void* context, std::uint64_t done, std::uint64_t of) noexcept {
    const auto& watch = *static_cast<const PrefillWatch*>(context);
    const std::uint64_t here = of == 0 ? 0 : watch.bytes * done / of;
    watch.bar.update(watch.bytes_before + here, watch.total);
    return port::InterruptWatch::signal() == 0;
  }
};

}  // namespace

Generation::Generation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
                       const GenerationOptions& options, const port::Tuner& tuner)
    : session_(session),
      tokenizer_(tokenizer),
      sampler_(sampler),
      options_(options),
      tuner_(tuner),
      detokenizer_(tokenizer, session.position() == 0),
      // A word has at most one token for each byte and one for the space in front.
      tokens_(std::max<std::size_t>(2048, std::size_t{session.config().longest_word} + 2)),
      ram_(session.memory_plan().total()),
      continues_(session.position() > 0) {}

const RunReport& Generation::run() noexcept {
  started_ = now_nanoseconds();
  if (prefill() && echo_prompt()) generate();
  if (report_.ending != Ending::output_error && report_.ending != Ending::failed) {
    if (write(detokenizer_.finish())) write("\n");
  }
  return report_;
}

bool Generation::prefill() noexcept {
  port::ProgressBar bar("prefill", options_.progress);
  const std::string_view prompt = options_.prompt;
  std::size_t consumed = 0;
  std::size_t count = 0;
  bool beginning = !continues_;
  if (beginning && tokenizer_.adds_bos()) tokens_[count++] = tokenizer_.bos();
  do {
    const Result<Encoded> encoded =
        prompt.empty()
            ? Encoded{}
            : tokenizer_.encode(prompt.substr(consumed), beginning, session_.tokenizer_workspace(),
                                std::span(tokens_).subspan(count),
                                {.control_tokens = options_.special});
    if (!encoded.ok()) return stop(Ending::failed, encoded.status());
    count += encoded->tokens;
    PrefillWatch watch{bar, consumed, encoded->bytes, prompt.size()};
    if (!prefill_tokens(count, {&PrefillWatch::report, &watch})) return false;
    consumed += encoded->bytes;
    beginning = encoded->beginning;
    count = 0;
  } while (consumed < prompt.size());
  report_.prompt_nanoseconds = now_nanoseconds() - started_;
  report_.prompt_complete = true;
  return true;
}

bool Generation::prefill_tokens(std::size_t count, const Progress& progress) noexcept {
  const std::uint64_t before = session_.position();
  const Status status = session_.prefill(std::span(tokens_).first(count), progress);
  report_.prompt_tokens += session_.position() - before;
  report_.prompt_nanoseconds = now_nanoseconds() - started_;
  if (status.code() == ErrorCode::cancelled) return stop(Ending::interrupted);
  if (!status.ok()) return stop(Ending::failed, status);
  for (std::size_t i = 0; i < count; ++i) {
    sampler_.observe(tokens_[i]);
    detokenizer_.next(tokens_[i]);  // it has to know that this is not the start of the text
  }
  return true;
}

bool Generation::echo_prompt() noexcept {
  detokenizer_.finish();  // a prompt may end within a character, which then stays as it was given
  if (!options_.echo || options_.prompt.empty()) return true;
  if (!options_.highlight) return write(options_.prompt);
  return report_write(port::write_all(STDOUT_FILENO, bold)) && write(options_.prompt) &&
         report_write(port::write_all(STDOUT_FILENO, plain));
}

void Generation::generate() noexcept {
  if (options_.limit == 0) return;
  if (const Status set = session_.set_execution(tuner_.execution()); !set.ok()) {
    stop(Ending::failed, set);
    return;
  }
  std::uint64_t last = 0;
  while (true) {
    if (port::InterruptWatch::signal() != 0) {
      stop(Ending::interrupted);
      return;
    }
    const TokenId token = sampler_.sample(session_.logits());
    if (ends_text(token) && !options_.ignore_end) {
      stop(Ending::end_of_text);
      return;
    }
    if (!emit(token)) return;
    const std::uint64_t now = now_nanoseconds();
    if (report_.generated_tokens++ == 0) {
      report_.first_token_nanoseconds = now - started_;
    } else {
      report_.latencies.add(now - last);
      report_.generation_nanoseconds += now - last;
    }
    last = now;
    if (options_.stats_seconds > 0) show_statistics(now);
    const bool done = report_.generated_tokens == options_.limit;
    if ((!done || options_.keep) && !step(token)) return;
    if (done) return;
  }
}

bool Generation::step(TokenId token) noexcept {
  const Status status = step_and_tune(session_, tuner_, token);
  return status.ok() || stop(Ending::failed, status);
}

port::Failure failure_of(const std::string& model, const RunReport& report) {
  if (!report.not_finite) return port::failure_of(model, report.status);
  return port::Failure(model + ": " + port::describe_not_finite(report.status, report.not_finite));
}

Status step_and_tune(Session& session, port::Tuner& tuner, TokenId token) noexcept {
  const std::uint64_t started = now_nanoseconds();
  const bool tuning = !tuner.settled();
  const Status status = session.step(token);
  if (!status.ok() || !tuning) return status;
  tuner.record(now_nanoseconds() - started);
  return session.set_execution(tuner.execution());
}

bool Generation::emit(TokenId token) noexcept {
  if (!ends_text(token)) return write(detokenizer_.next(token));
  // The next text begins on a line of its own, and its first word without the space in front.
  if (!write(detokenizer_.finish())) return false;
  detokenizer_ = Detokenizer(tokenizer_);
  return write("\n");
}

void Generation::show_statistics(std::uint64_t now) noexcept {
  if (shown_at_ == 0) shown_at_ = started_;
  if (!at_line_end_ || now - shown_at_ < options_.stats_seconds * 1'000'000'000) return;
  const std::uint64_t tokens = report_.generated_tokens - shown_tokens_;
  const std::uint64_t tenths =
      tokens * 10'000'000'000 / (now - shown_at_);  // of a token per second
  const std::uint64_t microseconds = report_.latencies.quantile(0.5) / 1000;
  std::array<char, 200> line;
  const int size = std::snprintf(
      line.data(), line.size(),
      "%s[%" PRIu64 " tokens | %" PRIu64 ".%" PRIu64 " tok/s | p50 %" PRIu64 ".%03" PRIu64
      " ms | RAM %" PRIu64 " bytes]%s\n",
      options_.dim_stats ? dim.data() : "", report_.generated_tokens, tenths / 10, tenths % 10,
      microseconds / 1000, microseconds % 1000, ram_, options_.dim_stats ? plain.data() : "");
  const auto length = std::min(static_cast<std::size_t>(std::max(size, 0)), line.size() - 1);
  // Statistics that nobody can read any more are no reason to stop writing.
  [[maybe_unused]] const bool shown = port::write_all(STDERR_FILENO, {line.data(), length});
  shown_at_ = now;
  shown_tokens_ = report_.generated_tokens;
}

bool Generation::write(std::string_view text) noexcept {
  if (!text.empty()) at_line_end_ = text.back() == '\n';
  return report_write(port::write_visible(STDOUT_FILENO, text));
}

bool Generation::report_write(bool written) noexcept {
  if (written) return true;
  report_.output_error = errno;
  // The terminal has gone: the session is saved all the same.
  if (port::InterruptWatch::ends_program()) return stop(Ending::interrupted);
  return stop(Ending::output_error);
}

bool Generation::stop(Ending ending, const Status& status) noexcept {
  report_.ending = ending;
  report_.status = status;
  report_.not_finite = session_.not_finite();
  return false;
}

bool Generation::ends_text(TokenId token) const noexcept {
  // Models trained on texts one after the other, each behind a BOS, end a text by beginning
  // another.
  return tokenizer_.ends_reply(token) || token == tokenizer_.bos();
}

}  // namespace ringlet::cli

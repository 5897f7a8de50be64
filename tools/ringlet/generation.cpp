#include "generation.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

#include "common/visible_text.hpp"
#include "not_finite.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

using port::now_nanoseconds;

constexpr std::string_view bold = "\033[1m";
constexpr std::string_view dim = "\033[2m";
constexpr std::string_view plain = "\033[0m";

}  // namespace

Generation::Generation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
                       const GenerationOptions& options, const port::Tuner& tuner,
                       Drafting& drafting)
    : session_(session),
      tokenizer_(tokenizer),
      sampler_(sampler),
      options_(options),
      drafting_(drafting),
      detokenizer_(tokenizer, session.position() == 0),
      // A text has at most about one token per byte, plus one each for the beginning of the text
      // and the prefix space. A prompt with more is prefilled in pieces of whole words.
      tokens_(std::max<std::size_t>(options.prompt.size(), session.config().longest_word) + 2),
      ram_(session.memory_plan().total()),
      continuation_(session, options.answer != nullptr ? options.answer->chooser() : sampler, tuner,
                    drafting, report_, options.answer) {}

const RunReport& Generation::run() noexcept {
  started_ = now_nanoseconds();
  if (prefill() && echo_prompt()) generate();
  if (report_.ending != Ending::output_error && report_.ending != Ending::failed) {
    end_text();
  }
  return report_;
}

bool Generation::prefill() noexcept {
  PrefillWatch watch(options_.progress);
  const std::uint64_t before = session_.position();
  const Status status = prefill_text(session_, tokenizer_, options_.prompt,
                                     {.control_tokens = {.enabled = options_.special,
                                                         .literal = options_.literal,
                                                         .literal_is_plain = options_.special},
                                      .sampler = &sampler_,
                                      .detokenizer = &detokenizer_,
                                      .drafter = &drafting_.drafter(),
                                      .progress = watch.progress(),
                                      .room = tokens_})
                            .status();
  report_.prompt_tokens = session_.position() - before;
  report_.prompt_nanoseconds = now_nanoseconds() - started_;
  if (status.code() == ErrorCode::cancelled) return stop(Ending::interrupted);
  if (!status.ok()) return stop(Ending::failed, status);
  report_.prompt_complete = true;
  return true;
}

bool Generation::echo_prompt() noexcept {
  if (!options_.echo || options_.prompt.empty()) return true;
  if (!options_.highlight) return write(options_.prompt);
  return report_.check_write(session_, port::write_all(STDOUT_FILENO, bold)) &&
         write(options_.prompt) &&
         report_.check_write(session_, port::write_all(STDOUT_FILENO, plain));
}

void Generation::generate() noexcept {
  if (options_.limit == 0) return;
  const TokenSink sink{this, [](void* self, TokenId token) noexcept {
                         return static_cast<Generation*>(self)->take(token);
                       }};
  Status status = continuation_.run(sink, started_);
  const bool whole = report_.ending != Ending::end_of_text &&
                     report_.ending != Ending::output_error && report_.ending != Ending::failed;
  if (status.ok() && whole && options_.keep) status = continuation_.append();
  if (!status.ok()) stop(Ending::failed, status);
}

/// Writes a token, and returns whether the text goes on.
bool Generation::take(TokenId token) noexcept {
  if (token == Sampler::none) {
    const Status status = options_.answer != nullptr ? options_.answer->writable() : Status();
    return status.ok() ? stop(Ending::end_of_text) : stop(Ending::failed, status);
  }
  if (tokenizer_.ends_text(token) && !options_.ignore_end) return stop(Ending::end_of_text);
  if (!emit(token)) return false;
  ++report_.generated_tokens;
  if (options_.stats_seconds > 0) show_statistics(now_nanoseconds());
  if (options_.stop.found()) return stop(Ending::stop_string);
  if (report_.generated_tokens == options_.limit) return false;
  if (weights_are(port::WeightsCopy::State::damaged)) {
    return stop(Ending::failed, options_.weights->status());
  }
  return port::InterruptWatch::signal() == 0 || stop(Ending::interrupted);
}

bool Generation::weights_are(port::WeightsCopy::State state) const noexcept {
  return options_.weights != nullptr && options_.weights->state() == state;
}

port::Failure failure_of(const std::string& model, const RunReport& report) {
  if (!report.not_finite) return port::failure_of(model, report.status);
  return port::Failure(model + ": " + port::describe_not_finite(report.status, report.not_finite));
}

bool Generation::emit(TokenId token) noexcept {
  if (!tokenizer_.ends_text(token)) {
    return show(options_.answer == nullptr ? detokenizer_.next(token)
                                           : detokenizer_.next_bytes(options_.answer->text()));
  }
  // The next text starts on its own line, and its first word without the prefix space.
  if (!end_text()) return false;
  detokenizer_ = Detokenizer(tokenizer_);
  return true;
}

/// Writes the part of the model's text that cannot belong to a stop string.
bool Generation::show(std::string_view text) noexcept {
  const common::StopStrings::Released released = options_.stop.next(text);
  return write(released.held) && write(released.text);
}

/// Writes held-back text and a newline. Text after a stop string is not written.
bool Generation::end_text() noexcept {
  if (!options_.stop.found() && !show(detokenizer_.finish())) return false;
  return write(options_.stop.finish()) && write("\n");
}

void Generation::show_statistics(std::uint64_t now) noexcept {
  if (shown_at_ == 0) shown_at_ = started_;
  if (!at_line_end_ || now - shown_at_ < options_.stats_seconds * 1'000'000'000) return;
  const std::uint64_t tokens = report_.generated_tokens - shown_tokens_;
  const std::uint64_t tenths =
      tokens * 10'000'000'000 / (now - shown_at_);  // in tenths of a token per second
  const std::uint64_t microseconds = report_.latencies.quantile(0.5) / 1000;
  const bool in_huge_pages = weights_are(port::WeightsCopy::State::copied);
  std::array<char, 240> line;
  const int size = std::snprintf(
      line.data(), line.size(),
      "%s[%" PRIu64 " token%s | %" PRIu64 ".%" PRIu64 " tok/s | p50 %" PRIu64 ".%03" PRIu64
      " ms | RAM %" PRIu64 " bytes%s]%s\n",
      options_.dim_stats ? dim.data() : "", report_.generated_tokens,
      report_.generated_tokens == 1 ? "" : "s", tenths / 10, tenths % 10, microseconds / 1000,
      microseconds % 1000, ram_, in_huge_pages ? " | weights in huge pages" : "",
      options_.dim_stats ? plain.data() : "");
  const auto length = std::min(static_cast<std::size_t>(std::max(size, 0)), line.size() - 1);
  // Generation continues even if nobody can read the statistics.
  [[maybe_unused]] const bool shown = port::write_all(STDERR_FILENO, {line.data(), length});
  shown_at_ = now;
  shown_tokens_ = report_.generated_tokens;
}

bool Generation::write(std::string_view text) noexcept {
  if (!text.empty()) at_line_end_ = text.back() == '\n';
  if (options_.text != nullptr) {
    options_.text->append(text);
    return true;
  }
  return report_.check_write(session_, common::write_visible(STDOUT_FILENO, text));
}

bool Generation::stop(Ending ending, const Status& status) noexcept {
  return report_.stop(session_, ending, status);
}

}  // namespace ringlet::cli

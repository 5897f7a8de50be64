#include "conversation.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "terminal.hpp"
#include "visible_text.hpp"

namespace ringlet::cli {
namespace {

using port::now_nanoseconds;

/// Shows how far the turn is and turns a signal into a request to stop after the chunk.
struct TurnWatch {
  port::ProgressBar& bar;

  static bool report(void* context, std::uint64_t done, std::uint64_t of) noexcept {
    static_cast<const TurnWatch*>(context)->bar.update(done, of);
    return port::InterruptWatch::signal() == 0;
  }
};

}  // namespace

Conversation::Conversation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
                           const ChatFormat& format, ConversationOptions options,
                           const port::Tuner& tuner)
    : session_(session),
      tokenizer_(tokenizer),
      sampler_(sampler),
      format_(format),
      options_(std::move(options)),
      tuner_(tuner),
      // A word has at most one token for each byte and one for the space in front.
      tokens_(std::max<std::size_t>(2048, std::size_t{session.config().longest_word} + 2)) {}

const RunReport& Conversation::say(std::string_view message) {
  const port::InterruptWatch watch;
  report_ = {};
  started_ = now_nanoseconds();
  const std::uint64_t before = session_.position();
  if (prefill(message)) {
    begun_ = true;
    reply();
    return report_;
  }
  // Back to where the conversation was; a ring that has gone on too far begins anew.
  if (session_.position() != before && !session_.truncate(before).ok()) reset();
  return report_;
}

void Conversation::reset() {
  session_.reset();
  begun_ = false;
}

bool Conversation::prefill(std::string_view message) {
  // Room for the message and for everything that the format puts around it.
  text_.resize(std::max<std::size_t>(text_.size(), 4096));
  while (true) {
    const std::optional<std::string_view> system =
        options_.system ? std::optional<std::string_view>(*options_.system) : std::nullopt;
    const Result<ChatTurn> turn =
        begun_ ? format_.next_turn(message, text_) : format_.first_turn(system, message, text_);
    if (turn.ok()) return prefill_turn(*turn);
    if (turn.status().code() != ErrorCode::not_enough_memory) {
      return stop(Ending::failed, turn.status());
    }
    text_.resize(static_cast<std::size_t>(turn.status().needed()));
  }
}

bool Conversation::prefill_turn(const ChatTurn& turn) {
  port::ProgressBar bar("prefill", options_.progress);
  TurnWatch watch{bar};
  std::string_view rest = turn.text;
  bool beginning = true;
  while (!rest.empty()) {
    const Result<Encoded> encoded =
        tokenizer_.encode(rest, beginning, session_.tokenizer_workspace(), tokens_, turn.markup);
    if (!encoded.ok()) return stop(Ending::failed, encoded.status());
    if (!prefill_tokens(encoded->tokens, {&TurnWatch::report, &watch})) return false;
    rest.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  report_.prompt_nanoseconds = now_nanoseconds() - started_;
  return true;
}

bool Conversation::prefill_tokens(std::size_t count, const Progress& progress) {
  const std::uint64_t before = session_.position();
  const Status status = session_.prefill(std::span(tokens_).first(count), progress);
  report_.prompt_tokens += session_.position() - before;
  if (status.code() == ErrorCode::cancelled) return stop(Ending::interrupted);
  if (!status.ok()) return stop(Ending::failed, status);
  for (std::size_t i = 0; i < count; ++i) sampler_.observe(tokens_[i]);
  return true;
}

void Conversation::reply() {
  Detokenizer detokenizer(tokenizer_);
  report_.ending = Ending::limit;
  if (const Status set = session_.set_execution(tuner_.execution()); !set.ok()) {
    stop(Ending::failed, set);
    return;
  }
  std::uint64_t last = now_nanoseconds();
  while (report_.generated_tokens < options_.limit) {
    if (port::InterruptWatch::signal() != 0) {
      stop(Ending::interrupted);
      break;
    }
    const TokenId token = sampler_.sample(session_.logits());
    // What ends a reply is in the text before the next message.
    if (tokenizer_.ends_reply(token) || token == tokenizer_.bos()) {
      stop(Ending::end_of_text);
      break;
    }
    if (!write(detokenizer.next(token))) return;
    const std::uint64_t now = now_nanoseconds();
    if (report_.generated_tokens++ == 0) {
      report_.first_token_nanoseconds = now - started_;
    } else {
      report_.latencies.add(now - last);
      report_.generation_nanoseconds += now - last;
    }
    last = now;
    if (!step(token)) break;
  }
  if (write(detokenizer.finish())) write("\n");
}

bool Conversation::step(TokenId token) {
  const Status status = step_and_tune(session_, tuner_, token);
  return status.ok() || stop(Ending::failed, status);
}

bool Conversation::write(std::string_view text) {
  if (port::write_visible(STDOUT_FILENO, text)) return true;
  report_.output_error = errno;
  // The terminal has gone: what was said so far counts.
  if (port::InterruptWatch::ends_program()) return stop(Ending::interrupted);
  return stop(Ending::output_error);
}

bool Conversation::stop(Ending ending, const Status& status) {
  report_.ending = ending;
  report_.status = status;
  report_.not_finite = session_.not_finite();
  return false;
}

}  // namespace ringlet::cli

#include "conversation.hpp"

#include <unistd.h>

#include <algorithm>

#include "common/visible_text.hpp"
#include "ringlet/snapshot.hpp"
#include "terminal.hpp"

namespace ringlet::cli {

using port::now_nanoseconds;

Conversation::Conversation(Session& session, const Tokenizer& tokenizer, Sampler& sampler,
                           const ChatMarkup& markup, ConversationOptions options,
                           const port::Tuner& tuner, Drafting& drafting)
    : session_(session),
      tokenizer_(tokenizer),
      sampler_(sampler),
      format_(markup.format),
      options_(std::move(options)),
      drafting_(drafting),
      detokenizer_(tokenizer),
      // A word has at most one token per byte, plus one for the prefix space.
      tokens_(std::max<std::size_t>(2048, std::size_t{session.config().longest_word} + 2)),
      long_words_(tokenizer),
      continuation_(session, options_.answer != nullptr ? options_.answer->chooser() : sampler,
                    tuner, drafting, report_, options_.answer) {
  if (markup.chat_template) turns_.emplace(*markup.chat_template, tokenizer, options_.turns);
}

void Conversation::prepare(std::string_view message) {
  if (turns_) rendered_ = turns_->ask(message);
  if (options_.answer != nullptr) options_.answer->begin(message, true);
}

void Conversation::set_begun(bool begun) {
  begun_ = begun;
  turn_bytes_ = 0;  // of another conversation
  if (turns_) turns_->begin(session_.position());
}

bool Conversation::reply_is_whole() const {
  return options_.answer == nullptr || report_.ending != Ending::limit ||
         options_.answer->complete();
}

const RunReport& Conversation::say(std::string_view message) {
  const port::InterruptWatch watch;
  report_ = {};
  started_ = now_nanoseconds();
  if (turns_ && !check_words(message)) return report_;
  if (turns_) rewind_to_turn();
  const std::uint64_t before = session_.position();
  if (!turns_) keep_turn();
  if (turns_ ? prefill_rendered() : prefill(message)) {
    begun_ = true;
    reply();
  } else {
    go_back(before);
  }
  return report_;
}

/// Goes back to the previous turn, or starts over if the ring has moved on too far.
void Conversation::go_back(std::uint64_t before) {
  const bool there = session_.position() == before || session_.truncate(before).ok();
  if (!turns_) {
    if (!there && !restore_turn()) reset();
    return;
  }
  // The messages are known, so the next turn can prefill them again.
  if (!there && (turn_position_ > before || !restore_turn())) {
    turns_->base() == 0 ? session_.reset() : reset();
  }
  turns_->go_back(session_.position());
}

/// Convolutions do not remember enough to go back over a whole message.
void Conversation::keep_turn() {
  turn_bytes_ = 0;
  if (session_.model().architecture().convolution == 0 || session_.position() == 0) return;
  const Status status = session_.save({}).status();
  if (status.code() != ErrorCode::not_enough_memory) return;
  turn_.resize(static_cast<std::size_t>(status.needed() / sizeof(std::uint64_t)) + 1);
  const Result<std::size_t> saved = session_.save(std::as_writable_bytes(std::span(turn_)));
  if (saved.ok()) turn_bytes_ = *saved;
  turn_position_ = session_.position();
}

bool Conversation::restore_turn() {
  const auto saved = std::as_bytes(std::span(turn_)).first(turn_bytes_);
  return turn_bytes_ > 0 && session_.restore(saved, nullptr).ok();
}

void Conversation::reset() {
  session_.reset();
  drafting_.reset();
  set_begun(!options_.start.empty() && session_.restore(options_.start, nullptr).ok());
}

bool Conversation::prefill(std::string_view message) {
  // Room for the message and the markup of the format.
  text_.resize(std::max<std::size_t>(text_.size(), 4096));
  while (true) {
    const std::optional<std::string_view> system =
        options_.system ? std::optional<std::string_view>(*options_.system) : std::nullopt;
    const Result<ChatTurn> turn =
        begun_ ? format_->next_turn(message, text_) : format_->first_turn(system, message, text_);
    if (turn.ok()) return prefill_turn(*turn);
    if (turn.status().code() != ErrorCode::not_enough_memory) {
      return stop(Ending::failed, turn.status());
    }
    text_.resize(static_cast<std::size_t>(turn.status().needed()));
  }
}

bool Conversation::prefill_turn(const ChatTurn& turn) {
  PrefillWatch watch(options_.progress);
  std::string_view rest = turn.text;
  bool beginning = true;
  while (!rest.empty()) {
    const Result<Encoded> encoded = encode(rest, beginning, turn.control_tokens);
    if (!encoded.ok()) return stop(Ending::failed, encoded.status());
    if (!prefill_tokens(part_, watch.progress())) return false;
    rest.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  report_.prompt_nanoseconds = now_nanoseconds() - started_;
  return true;
}

/// Puts the tokens of the next words into part_.
Result<Encoded> Conversation::encode(std::string_view text, bool beginning,
                                     const ControlTokens& control_tokens) {
  Result<Encoded> encoded =
      tokenizer_.encode(text, beginning, session_.tokenizer_workspace(), tokens_, control_tokens);
  if (encoded.ok()) {
    part_ = std::span(tokens_).first(encoded->tokens);
  } else if (encoded.status().code() == ErrorCode::not_enough_memory && !options_.limits_words) {
    encoded = long_words_.encode(text, beginning, control_tokens);
    part_ = long_words_.tokens();
  }
  return encoded;
}

bool Conversation::prefill_tokens(std::span<const TokenId> tokens, const Progress& progress) {
  const std::uint64_t before = session_.position();
  const Status status = session_.prefill(tokens, progress);
  report_.prompt_tokens += session_.position() - before;
  if (status.code() == ErrorCode::cancelled) return stop(Ending::interrupted);
  if (!status.ok()) return stop(Ending::failed, status);
  for (const TokenId token : tokens) sampler_.observe(token);
  drafting_.drafter().tell(tokens);
  return true;
}

void Conversation::reply() {
  const std::uint64_t start = session_.position();
  detokenizer_ = Detokenizer(tokenizer_);
  report_.ending = Ending::limit;
  const TokenSink sink{this, [](void* self, TokenId token) noexcept {
                         return static_cast<Conversation*>(self)->take(token);
                       }};
  Status status = continuation_.run(sink, started_);
  if (report_.ending == Ending::output_error) return;
  // Like the markup that ends a reply, the last token of a stop string is not part of it.
  const bool whole = report_.ending == Ending::limit || report_.ending == Ending::interrupted;
  if (status.ok() && whole) status = continuation_.append();
  if (!status.ok()) stop(Ending::failed, status);
  end_reply();
  if (turns_) remember_reply(start);
}

/// Writes a token, and returns whether the reply goes on.
bool Conversation::take(TokenId token) {
  // The text before the next message contains the markup that ends a reply.
  if (token == Sampler::none && options_.answer != nullptr) {
    if (const Status status = options_.answer->writable(); !status.ok()) {
      return stop(Ending::failed, status);
    }
  }
  if (token == Sampler::none || tokenizer_.ends_text(token)) return stop(Ending::end_of_text);
  reply_tokens_.push_back(token);
  const std::string_view text = text_of(token);
  if (!(splitter_ ? show_parts(splitter_->next(text)) : show(text))) return false;
  ++report_.generated_tokens;
  if (options_.stop.found()) return stop(Ending::stop_string);
  if (report_.generated_tokens == options_.limit) return false;
  return port::InterruptWatch::signal() == 0 || stop(Ending::interrupted);
}

/// Writes the part of the model's text that cannot belong to a stop string.
bool Conversation::show(std::string_view text) {
  decoded_ += text;
  const common::StopStrings::Released released = options_.stop.next(text);
  return write(released.held) && write(released.text);
}

/// Writes held-back text and a newline. Text after a stop string is not written.
bool Conversation::end_reply() {
  if (!options_.stop.found()) {
    const std::string_view last = detokenizer_.finish();
    if (!(splitter_ ? show_parts(splitter_->next(last)) && show_parts(splitter_->finish())
                    : show(last))) {
      return false;
    }
  }
  if (!write(options_.stop.finish())) return false;
  // A newline ends the line of a reply. It is not a part of it.
  return report_.check_write(session_, common::write_visible(STDOUT_FILENO, "\n"));
}

bool Conversation::write(std::string_view text) {
  content_ += text;
  return report_.check_write(session_, common::write_visible(STDOUT_FILENO, text));
}

bool Conversation::stop(Ending ending, const Status& status) {
  return report_.stop(session_, ending, status);
}

}  // namespace ringlet::cli

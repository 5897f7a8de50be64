// The parts of a conversation that only chat templates need.
#include <unistd.h>

#include <algorithm>

#include "common/visible_text.hpp"
#include "conversation.hpp"
#include "terminal.hpp"

namespace ringlet::cli {

using port::now_nanoseconds;

/// Brings the session back to where it agrees with the rendered prompt: before reasoning that the
/// template removes, for example. What is no longer in the ring is prefilled again.
void Conversation::rewind_to_turn() {
  const std::string message = rendered_->message;
  const auto target = [&] { return turns_->position_of(rendered_->continuation.keep); };
  if (session_.position() == target()) return;
  if (!session_.truncate(target()).ok()) {
    if (turn_position_ <= target() && restore_turn()) {
      turns_->go_back(session_.position());
    } else if (turns_->base() == 0) {
      session_.reset();
      turns_->go_back(0);
    } else {
      turns_->begin(session_.position());  // and leaves the earlier turns as they are
    }
    rendered_ = turns_->ask(message);
  } else {
    turns_->go_back(session_.position());
  }
  if (session_.position() < turn_position_) turn_bytes_ = 0;
  drafting_.reset();
  drafting_.drafter().tell(turns_->transcript().tokens());
}

/// Whether the words of a message fit into the memory that --longest-word plans.
bool Conversation::check_words(std::string_view message) {
  for (bool beginning = true; options_.limits_words && !message.empty();) {
    const Result<Encoded> encoded = encode(message, beginning, {});
    if (!encoded.ok()) return stop(Ending::failed, encoded.status());
    message.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  return true;
}

bool Conversation::prefill_rendered() {
  PrefillWatch watch(options_.progress);
  std::span<const TokenId> tokens = rendered_->continuation.append;
  if (session_.model().architecture().convolution != 0) {
    // The next turn is likely to go back to here.
    const std::size_t lasting = turns_->lasting_tokens(*rendered_);
    const std::size_t keep = rendered_->continuation.keep;
    const std::size_t count = std::min(lasting > keep ? lasting - keep : 0, tokens.size());
    if (count > 0 && !prefill_tokens(tokens.first(count), watch.progress())) return false;
    keep_turn();
    tokens = tokens.subspan(count);
  }
  if (!tokens.empty() && !prefill_tokens(tokens, watch.progress())) return false;
  report_.prompt_nanoseconds = now_nanoseconds() - started_;
  turns_->asked(*rendered_);
  splitter_ = turns_->splitter(*rendered_);
  reply_tokens_.clear();
  decoded_.clear();
  content_.clear();
  reasoning_.clear();
  return true;
}

/// The session holds the reply but for a token that ended it.
void Conversation::remember_reply(std::uint64_t start) {
  const auto held = static_cast<std::size_t>(std::max(session_.position(), start) - start);
  const auto tokens = std::span(reply_tokens_).first(std::min(held, reply_tokens_.size()));
  turns_->replied(
      {.tokens = tokens,
       .decoded = decoded_,
       .content = content_,
       .reasoning = splitter_->has_reasoned() ? std::optional(reasoning_) : std::nullopt});
}

/// The text of a token. The marks of reasoning are often control tokens, which print as nothing.
std::string_view Conversation::text_of(TokenId token) {
  const std::string_view piece = tokenizer_.piece(token);
  const bool mark = splitter_ && tokenizer_.is_control(token) && splitter_->is_mark(piece);
  if (mark) return piece;
  return options_.answer == nullptr ? detokenizer_.next(token)
                                    : detokenizer_.next_bytes(options_.answer->text());
}

bool Conversation::show_parts(const templates::ReasoningSplitter::Parts& parts) {
  const bool was_reasoning = !reasoning_.empty() && content_.empty();
  show_reasoning(parts.reasoning);
  if (was_reasoning && !parts.content.empty()) show_reasoning("\n\n");
  return show(parts.content);
}

/// Reasoning goes to standard error, because standard output has the reply alone.
void Conversation::show_reasoning(std::string_view text) {
  if (text.empty()) return;
  reasoning_ += text;
  if (options_.quiet) return;
  const bool dims = options_.color && port::is_terminal(STDERR_FILENO);
  // The reply counts even if nobody can read the reasoning.
  [[maybe_unused]] const bool shown = (!dims || port::write_all(STDERR_FILENO, "\033[2m")) &&
                                      common::write_visible(STDERR_FILENO, text) &&
                                      (!dims || port::write_all(STDERR_FILENO, "\033[0m"));
}

}  // namespace ringlet::cli

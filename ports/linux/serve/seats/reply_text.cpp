#include "serve/seats/reply_text.hpp"

#include <algorithm>

namespace ringlet::serve {

ReplyText::ReplyText(const Tokenizer& tokenizer, const Job& job)
    : tokenizer_(tokenizer),
      detokenizer_(tokenizer),
      splitter_(job.splitter),
      stop_(job.stop),
      visible_(job.visible) {
  if (job.is_chat) return;
  // A completion goes on within the text of its prompt, a reply begins anew.
  for (const TokenId token : job.tokens) (void)detokenizer_.next(token);
  (void)detokenizer_.finish();  // a prompt can end within a character
}

ReplyText::Parts ReplyText::next(TokenId token) {
  Parts parts;
  const std::string_view piece = tokenizer_.piece(token);
  // The marks of reasoning and of calls are often control tokens, which print as nothing.
  const bool mark = tokenizer_.is_control(token) &&
                    ((splitter_ && splitter_->is_mark(piece)) ||
                     std::find(visible_.begin(), visible_.end(), piece) != visible_.end());
  spell(mark ? piece : detokenizer_.next(token), parts);
  return parts;
}

ReplyText::Parts ReplyText::finish() {
  Parts parts;
  if (stop_.found()) return parts;
  spell(detokenizer_.finish(), parts);
  if (splitter_) {
    const templates::ReasoningSplitter::Parts last = splitter_->finish();
    parts.reasoning += last.reasoning;
    show(last.content, parts);
  }
  if (!stop_.found()) parts.content += stop_.finish();
  return parts;
}

void ReplyText::spell(std::string_view text, Parts& parts) {
  bytes_ += text.size();
  parts.extent = extent_of(text);
  divide(text, parts);
}

void ReplyText::divide(std::string_view text, Parts& parts) {
  if (!splitter_) {
    show(text, parts);
    return;
  }
  const templates::ReasoningSplitter::Parts next = splitter_->next(text);
  parts.reasoning += next.reasoning;
  show(next.content, parts);
}

void ReplyText::show(std::string_view text, Parts& parts) {
  if (!first_ && !text.empty()) first_ = bytes_ - text.size();
  const common::StopStrings::Released released = stop_.next(text);
  parts.content += released.held;
  parts.content += released.text;
}

}  // namespace ringlet::serve

#include "serve/seats/held_text.hpp"

#include <algorithm>

namespace ringlet::serve {
namespace {

/// Stands for the text of a prompt that is no chat. No chat has it, since prompts are UTF-8.
constexpr std::string_view no_text = "\xFF";

}  // namespace

std::size_t HeldText::shared_with(const Job& job) const {
  const std::span<const TokenId> held = tokens();
  const std::size_t same = common_beginning(held, std::span<const TokenId>(job.tokens));
  if (!job.chat || text().empty()) return same;
  // A conversation can go on in tokens that the tokenizer would choose otherwise.
  const std::size_t bytes = common_beginning(text(), job.chat->text);
  return std::max(same, held.size() * bytes / text().size());
}

HeldText::Continuation HeldText::continue_with(const Job& job) const {
  if (job.chat) return transcript_.continue_with(*job.chat);
  Continuation result;
  result.keep = common_beginning(tokens(), std::span<const TokenId>(job.tokens));
  // There are logits behind a token only after it has been appended.
  if (result.keep == job.tokens.size() && result.keep > 0) --result.keep;
  result.append.assign(job.tokens.begin() + static_cast<std::ptrdiff_t>(result.keep),
                       job.tokens.end());
  return result;
}

void HeldText::hold(const Job& job, const Continuation& continuation) {
  if (job.chat) {
    transcript_.hold(*job.chat, continuation);
    return;
  }
  transcript_.truncate(continuation.keep);
  transcript_.append(continuation.append, no_text);
}

void HeldText::restore(std::span<const TokenId> tokens, std::string_view text) {
  transcript_.clear();
  // Without a text of their own, tokens must not be at a place where every chat begins.
  transcript_.append(tokens, text.empty() ? no_text : text);
}

}  // namespace ringlet::serve

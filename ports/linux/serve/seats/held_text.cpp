#include "serve/seats/held_text.hpp"

#include <algorithm>

namespace ringlet::serve {
namespace {

/// Stands for the text of a prompt that is no chat. No chat has it, since prompts are UTF-8.
constexpr std::string_view no_text = "\xFF";

}  // namespace

std::size_t HeldText::shared_with(const Job& job) const {
  return serve::shared_with(job, tokens(), prompt());
}

HeldText::Continuation HeldText::continue_with(const Job& job) const {
  if (job.chat) return transcript_.continue_with(*job.chat);
  Continuation result;
  result.keep = common_beginning(tokens(), job.tokens);
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

void HeldText::restore(std::span<const TokenId> tokens, templates::Prompt held,
                       bool ends_in_reply) {
  // Without a text of their own, tokens must not be at a place where every chat begins.
  if (held.text.empty()) held.text = no_text;
  transcript_.restore(tokens, std::move(held), ends_in_reply);
}

std::size_t shared_with(const Job& job, std::span<const TokenId> tokens,
                        const templates::Prompt& held) {
  const std::size_t same = common_beginning(tokens, job.tokens);
  if (!job.chat || held.text.empty()) return same;
  // A conversation can go on in tokens that the tokenizer would choose otherwise.
  const std::size_t bytes = templates::common_beginning(held, *job.chat);
  return std::max(same, tokens.size() * bytes / held.text.size());
}

}  // namespace ringlet::serve

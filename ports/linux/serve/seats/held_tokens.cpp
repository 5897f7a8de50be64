#include "serve/seats/held_tokens.hpp"

#include <algorithm>

namespace ringlet::serve {

std::size_t common_beginning(std::span<const TokenId> left, std::span<const TokenId> right) {
  const auto ends = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(ends.first - left.begin());
}

HeldTokens::Continuation HeldTokens::continue_with(std::span<const TokenId> prompt) const {
  std::size_t keep = common_beginning(tokens_, prompt);
  // There are logits behind a token only after it has been appended.
  if (keep == prompt.size() && keep > 0) --keep;
  return {.keep = keep, .append = prompt.subspan(keep)};
}

void HeldTokens::hold(const Continuation& continuation) {
  truncate(continuation.keep);
  tokens_.insert(tokens_.end(), continuation.append.begin(), continuation.append.end());
}

void HeldTokens::truncate(std::size_t count) { tokens_.resize(std::min(count, tokens_.size())); }

}  // namespace ringlet::serve

#include "growing_encoder.hpp"

#include <algorithm>

namespace ringlet::port {
namespace {

constexpr std::uint32_t usual_word = 1024;

}  // namespace

Result<Encoded> GrowingEncoder::encode(std::string_view text, bool beginning,
                                       const ControlTokens& control_tokens) {
  if (workspace_.empty()) make_room(usual_word);
  while (true) {
    const Result<Encoded> encoded = tokenizer_.encode(
        text, beginning, std::as_writable_bytes(std::span(workspace_)), tokens_, control_tokens);
    const Status& status = encoded.status();
    if (encoded.ok()) {
      count_ = encoded->tokens;
      return encoded;
    }
    if (status.code() == ErrorCode::not_enough_memory) {
      make_room(status.has_suggestion() ? status.suggestion() : 2 * longest_word_);
    } else if (std::string_view(status.where()) == "out") {
      tokens_.resize(std::max(static_cast<std::size_t>(status.needed()), 2 * tokens_.size()));
    } else {
      return encoded;
    }
  }
}

void GrowingEncoder::make_room(std::uint32_t longest_word) {
  workspace_.resize(static_cast<std::size_t>((Tokenizer::workspace_bytes(longest_word) + 7) / 8));
  // A word has at most one token per byte, plus one for the prefix space.
  tokens_.resize(std::max(tokens_.size(), std::size_t{longest_word} + 2));
  longest_word_ = longest_word;
}

}  // namespace ringlet::port

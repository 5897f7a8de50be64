#include "encode_text.hpp"

#include <algorithm>
#include <cstdint>

namespace ringlet::port {

Status encode_text(const Tokenizer& tokenizer, std::string_view text, std::vector<TokenId>& tokens,
                   const Markup& markup, std::size_t most) {
  constexpr std::uint32_t usual_word = 1024;
  std::vector<std::uint64_t> workspace(
      static_cast<std::size_t>(Tokenizer::workspace_bytes(usual_word) / 8));
  std::vector<TokenId> part(std::size_t{usual_word} + 2);
  bool beginning = true;
  while (!text.empty() && tokens.size() < most) {
    const Result<Encoded> encoded = tokenizer.encode(
        text, beginning, std::as_writable_bytes(std::span(workspace)), part, markup);
    if (encoded.ok()) {
      tokens.insert(tokens.end(), part.begin(),
                    part.begin() + static_cast<std::ptrdiff_t>(encoded->tokens));
      text.remove_prefix(encoded->bytes);
      beginning = encoded->beginning;
      continue;
    }
    // One word has too little room: more of what it lacks.
    const Status& status = encoded.status();
    const auto needed = static_cast<std::size_t>(status.needed());
    if (status.code() == ErrorCode::not_enough_memory) {
      workspace.resize(std::max(needed / 8 + 1, 2 * workspace.size()));
    } else if (std::string_view(status.where()) == "out") {
      part.resize(std::max(needed, 2 * part.size()));
    } else {
      return status;
    }
  }
  return {};
}

}  // namespace ringlet::port

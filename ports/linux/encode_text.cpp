#include "encode_text.hpp"

#include "growing_encoder.hpp"

namespace ringlet::port {

Status encode_text(const Tokenizer& tokenizer, std::string_view text, std::vector<TokenId>& tokens,
                   const ControlTokens& control_tokens, std::size_t most) {
  GrowingEncoder encoder(tokenizer);
  bool beginning = true;
  while (!text.empty() && tokens.size() < most) {
    const Result<Encoded> encoded = encoder.encode(text, beginning, control_tokens);
    if (!encoded.ok()) return encoded.status();
    tokens.insert(tokens.end(), encoder.tokens().begin(), encoder.tokens().end());
    text.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  return {};
}

}  // namespace ringlet::port

#include "templates/encode_prompt.hpp"

#include "growing_encoder.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::templates {
namespace {

/// The end of the text that one literal range is for. The tokenizer takes one range for a text, so
/// the text is cut behind each but the last.
std::size_t end_of_part(const Prompt& prompt, std::size_t literal) {
  return literal + 1 < prompt.literal.size() ? prompt.literal[literal].end : prompt.text.size();
}

}  // namespace

bool encode_prompt(const Tokenizer& tokenizer, const Prompt& prompt, std::size_t from,
                   bool beginning, std::vector<TokenId>& tokens) {
  port::GrowingEncoder encoder(tokenizer);
  const std::string_view text = prompt.text;
  std::size_t literal = 0;
  while (literal < prompt.literal.size() && prompt.literal[literal].end <= from) ++literal;
  while (from < text.size()) {
    const std::size_t end = end_of_part(prompt, literal);
    std::string_view part = text.substr(from, end - from);
    ControlTokens control{.enabled = true};
    if (literal < prompt.literal.size()) {
      const Span& span = prompt.literal[literal];
      control.literal = text.substr(span.begin, span.end - span.begin);
    }
    while (!part.empty()) {
      const Result<Encoded> encoded = encoder.encode(part, beginning, control);
      port::check("the prompt", encoded.status());
      tokens.insert(tokens.end(), encoder.tokens().begin(), encoder.tokens().end());
      part.remove_prefix(encoded->bytes);
      beginning = encoded->beginning;
    }
    from = end;
    ++literal;
  }
  return beginning;
}

}  // namespace ringlet::templates

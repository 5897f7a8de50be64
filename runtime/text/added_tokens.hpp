// Finds pieces that are tokens wherever their text appears: "<|im_end|>", "<tool_call>".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ringlet/tokenizer.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

/// A piece found in a text, including the white space that it absorbs.
struct AddedToken {
  TokenId token = Tokenizer::none;  // none: nothing found, and begin is the end of the text
  std::size_t begin = 0;
  std::size_t end = 0;
  bool has_space = false;      // the space before it belongs to it
  bool leaves_prefix = false;  // the prefix space of the text remains in addition
};

/// Finds user-defined pieces, and control pieces where `control_tokens` allows them.
class AddedTokens {
 public:
  AddedTokens(const Vocabulary& vocabulary, const ControlTokens& control_tokens) noexcept;

  /// Returns the first piece in `text`, and the longest of those that begin there. `prefixed`: a
  /// space is added before the text.
  [[nodiscard]] AddedToken first(std::string_view text, bool prefixed) const noexcept;

 private:
  [[nodiscard]] bool may_start(char c) const noexcept;
  [[nodiscard]] bool is_allowed(TokenId token, std::string_view found) const noexcept;
  [[nodiscard]] std::size_t longest_at(std::string_view text) const noexcept;

  const Vocabulary& vocabulary_;
  const ControlTokens& control_tokens_;
  std::array<std::uint32_t, 8> first_bytes_{};  // one bit per possible first byte of a piece
};

}  // namespace ringlet

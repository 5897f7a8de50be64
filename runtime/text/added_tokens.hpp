// Pieces that stand for themselves wherever their text appears: "<|im_end|>", "<tool_call>".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ringlet/tokenizer.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

/// A piece that was found in a text, and the white space that it swallows around it.
struct AddedToken {
  TokenId token = Tokenizer::none;  // none: there is none, and begin is the end of the text
  std::size_t begin = 0;
  std::size_t end = 0;
  bool has_space = false;      // the space in front of it is its own
  bool leaves_prefix = false;  // and another one, which is put in front of the text, is left
};

/// Looks for user-defined pieces, and for control pieces where `markup` allows them.
class AddedTokens {
 public:
  AddedTokens(const Vocabulary& vocabulary, const Markup& markup) noexcept;

  /// The first one in `text`; of those that begin there, the longest. `prefixed`: a space is put in
  /// front of the text.
  [[nodiscard]] AddedToken first(std::string_view text, bool prefixed) const noexcept;

 private:
  [[nodiscard]] bool may_start(char c) const noexcept;
  [[nodiscard]] bool is_allowed(TokenId token, std::string_view found) const noexcept;
  [[nodiscard]] std::size_t longest_at(std::string_view text) const noexcept;

  const Vocabulary& vocabulary_;
  const Markup& markup_;
  std::array<std::uint32_t, 8> first_bytes_{};  // a bit for each byte that one begins with
};

}  // namespace ringlet

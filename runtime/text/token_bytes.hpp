// What a token adds to a text, for the detokenizer and for grammars.
#pragma once

#include <string_view>

#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// The bytes of a token that is no control token. At the start of a text the space that the encoder
/// puts in front of it is left out. `byte` stores that of a byte token.
inline std::string_view token_bytes(const Tokenizer& tokenizer, TokenId token, bool at_start,
                                    char& byte) noexcept {
  std::uint8_t value = 0;
  if (tokenizer.is_byte(token, &value)) {
    byte = static_cast<char>(value);
    return {&byte, 1};
  }
  std::string_view piece = tokenizer.piece(token);
  if (at_start && tokenizer.adds_space_prefix() && piece.starts_with(' ')) piece.remove_prefix(1);
  return piece;
}

}  // namespace ringlet

// Texts to tokens where memory is not planned: tools that read a whole text at once.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::port {

/// Appends the tokens of a text to `tokens`, until these are at least `most`. The workspace grows
/// with the longest word, so that any text has room. Fails when the vocabulary has no way to write
/// a character.
Status encode_text(const Tokenizer& tokenizer, std::string_view text, std::vector<TokenId>& tokens,
                   const ControlTokens& control_tokens = {},
                   std::size_t most = static_cast<std::size_t>(-1));

}  // namespace ringlet::port

// Tokenizer::encode: splits a text into words and encodes each.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

/// Tokenizer::encode for a vocabulary.
Result<Encoded> encode_words(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                             std::span<std::byte> workspace, std::span<TokenId> out,
                             const ControlTokens& control_tokens = {}) noexcept;

}  // namespace ringlet

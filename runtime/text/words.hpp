// From a text to words, and from words to tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

/// A part of a text that can be encoded by itself.
struct Word {
  std::size_t source_bytes = 0;  // of the text
  // After U+2581 has become a space, one byte instead of three; 0: nothing becomes of it.
  std::size_t encoded_bytes = 0;
  bool saw_end = false;  // more text could have made it another word
};

/// The first word of a text that is not empty: any spaces, then everything up to the next space.
/// Exact, because no piece has a space after another character, so no merge could cross the cut.
/// The whole text for a vocabulary that has such pieces. With `each_space` no more than one space
/// is in a word, at its start.
Word first_word(std::string_view text, bool splits_before_space, bool each_space = false) noexcept;

/// Tokenizer::encode, for a vocabulary.
Result<Encoded> encode_words(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                             std::span<std::byte> workspace, std::span<TokenId> out,
                             const Markup& markup = {}) noexcept;

}  // namespace ringlet

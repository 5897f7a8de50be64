// Steps of a pre-tokenizer that isolate the matches of an expression, and what is between them.
#pragma once

#include <cstddef>

#include "text/character_reader.hpp"
#include "text/word_steps.hpp"

namespace ringlet {

/// Whether a step is one of these.
///   deepseek3                [ASCII punctuation][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
///                            | ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
///   numbers_by_three         \p{N}{1,3}
///   kanji_and_kana           [U+4E00-U+9FA5 U+3040-U+30FF]+
///   newlines                 [\r\n]
///   east_asian               [U+0800-U+9FA5 U+AC00-U+D7FF]+
///   letters_after_space      \s?\p{L}+
///   punctuation_after_space  \s?\p{P}+
/// DeepSeek's tokenizers introduced them. deepseek3 needs a table of classes in which marks are
/// letters and symbols are punctuation, punctuation_after_space one with Unicode's punctuation.
bool isolates_matches(WordStep step) noexcept;

/// Returns the size in bytes, at least 1, of the match at the start of a nonempty text, or else of
/// the text before the first match. `step` must be one of the above.
std::size_t first_match_or_gap(const CharacterReader& text, WordStep step) noexcept;

}  // namespace ringlet

// Splits a text into words like the byte-level families. Their definitions are regular expressions;
// here, each alternative is a short function that reads characters from left to right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/character_classes.hpp"

namespace ringlet {

/// As in schema/ringlet.fbs. L: letters, N: numbers, s: white space; (?i) ignores case.
enum class PreTokenizer : std::uint8_t {
  /// None of the following.
  none = 0,
  /// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  gpt2 = 1,
  /// Every number character is a word; the text between them is split like gpt2.
  smollm = 2,
  /// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*
  /// |\s*[\r\n]+|\s+(?!\S)|\s+; GPT-4's cl100k differs in spelling only.
  llama3 = 3,
  /// llama3 with \p{N} instead of \p{N}{1,3}.
  qwen2 = 4,
  /// GPT-4o's o200k: like llama3, but a word is upper case followed by lower case, with its
  /// contraction at the end, and symbols are followed by [\r\n/]*.
  gpt4o = 5,
  /// SentencePiece's words, where each space begins a word (text/word_split.hpp).
  spaces = 6,
  /// Several steps (text/word_steps.hpp).
  steps = 7,
  /// qwen2 with [\p{L}\p{M}] for \p{L} in words, and without \p{M} in symbols.
  qwen35 = 8,
  /// Mistral's: gpt4o without contractions, and \p{N} for \p{N}{1,3}.
  tekken = 9,
  /// qwen2 without [\r\n]* after symbols.
  seed_coder = 10,
};

/// Returns the size in bytes, at least 1, of the first word of a nonempty text. A byte that is not
/// UTF-8 is a character that is neither letter, number nor space. `kind` must not be none, spaces
/// or steps. `saw_end`, if given, is set to true if more text could change the word.
///
/// `prefixed`: a space is added before the text, which must not begin with one and is split like
/// gpt2. The word can then be just that space, with a size of 0.
std::size_t first_word(std::string_view text, PreTokenizer kind, const CharacterClasses& classes,
                       bool* saw_end = nullptr, bool prefixed = false) noexcept;

}  // namespace ringlet

// Cuts a text into words in the ways of the byte-level families. Their definitions are regular
// expressions; here each alternative is a few lines that read characters from left to right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/character_classes.hpp"

namespace ringlet {

/// As in schema/ringlet.fbs. L: letters, N: numbers, s: white space; (?i) ignores case.
enum class PreTokenizer : std::uint8_t {
  /// Not one of these.
  none = 0,
  /// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  gpt2 = 1,
  /// Every number character alone, and what is between them as gpt2.
  smollm = 2,
  /// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*
  /// |\s*[\r\n]+|\s+(?!\S)|\s+; GPT-4's cl100k differs in spelling only.
  llama3 = 3,
  /// The same with \p{N} in the place of \p{N}{1,3}.
  qwen2 = 4,
  /// GPT-4o's o200k: as llama3, but a word is upper case and then lower case, with its contraction
  /// at its end, and [\r\n/]* follows what is neither letter nor number.
  gpt4o = 5,
  /// SentencePiece's words where each space begins one (text/words.hpp).
  spaces = 6,
  /// Several steps (text/word_steps.hpp).
  steps = 7,
};

/// Bytes of the first word of a text that is not empty; at least 1. A byte that is no UTF-8 is a
/// character that is neither letter, number nor space. `kind` is none of none, spaces and steps.
/// `saw_end`, when given, becomes true if the end of the text had a part in it, so that more text
/// could make another word. `prefixed`: a space is put in front of the text, which begins with none
/// and is cut as gpt2; the word may then be that space, and 0 bytes of the text.
std::size_t first_word(std::string_view text, PreTokenizer kind, const CharacterClasses& classes,
                       bool* saw_end = nullptr, bool prefixed = false) noexcept;

}  // namespace ringlet

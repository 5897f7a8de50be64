// Pre-tokenizers that consist of steps, as in Hugging Face's tokenizers: each step splits the parts
// of the previous one. Falcon's is punctuation_contiguous, gpt2, bytes, number_contiguous, triples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "text/character_classes.hpp"

namespace ringlet {

/// As schema enum WordStep. The expressions from deepseek3 to east_asian and *_after_space, which
/// text/word_matches.hpp describes, isolate their matches.
enum class WordStep : std::uint8_t {
  bytes = 0,
  gpt2 = 1,
  llama3 = 3,
  qwen2 = 4,
  gpt4o = 5,
  triples = 6,
  qwen35 = 8,
  tekken = 9,
  seed_coder = 10,
  deepseek3 = 11,
  numbers_by_three = 12,
  kanji_and_kana = 13,
  newlines = 14,
  east_asian = 15,
  punctuation_isolated = 16,
  punctuation_removed = 17,
  punctuation_with_previous = 18,
  punctuation_with_next = 19,
  punctuation_contiguous = 20,
  letters_after_space = 21,
  punctuation_after_space = 22,
  number_isolated = 24,
  number_removed = 25,
  number_with_previous = 26,
  number_with_next = 27,
  number_contiguous = 28,
};

/// The beginning of a text, as split by the steps.
struct StepWord {
  std::size_t size = 0;
  bool is_removed = false;  // it is not a word, and separates what follows from what came before
  bool saw_end = false;     // more text could change the word
};

/// Returns the first word of a nonempty text, by the steps before `bytes`. Every step finds the
/// same boundaries in the rest of a text as in the whole, so nothing need be remembered.
StepWord first_step_word(std::string_view text, std::span<const std::uint8_t> steps,
                         const CharacterClasses& classes) noexcept;

/// Size in bytes of the first part of such a word, by the steps after `bytes`. A part can end
/// inside a character. Without such steps, the whole word.
std::size_t first_step_part(std::string_view word, std::span<const std::uint8_t> steps) noexcept;

}  // namespace ringlet

// Finds where words of a text end, and prepares each for the encoder.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/features.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {

/// A part of a text that can be encoded separately.
struct Word {
  std::size_t source_bytes = 0;  // size in the text
  // Size after U+2581 has become a space, one byte instead of three; 0 if nothing remains.
  std::size_t encoded_bytes = 0;
  bool saw_end = false;  // more text could change the word

  /// Whether the word is only the space before a text.
  [[nodiscard]] bool is_prefix() const noexcept {
    return features::byte_pairs && source_bytes == 0;
  }
};

/// Returns the first word of a nonempty text: any spaces, then everything up to the next space. The
/// split is exact: no piece has a space after another character, so no merge can cross it. For a
/// vocabulary with such pieces, the whole text is one word. With `each_space`, a word contains at
/// most one space, at its start.
Word first_spaced_word(std::string_view text, bool splits_before_space,
                       bool each_space = false) noexcept;

class WordSplit {
 public:
  explicit WordSplit(const Vocabulary& vocabulary) noexcept : vocabulary_(vocabulary) {}

  /// Returns the first word of a nonempty text. `prefixed`: a space is added before it, which can
  /// be a word by itself; that word has source_bytes 0.
  [[nodiscard]] Word first(std::string_view text, bool prefixed) const noexcept;

  /// Size in bytes of the first part of a word that merges do not cross; for vocabularies with
  /// steps.
  [[nodiscard]] std::size_t first_part(std::string_view word) const noexcept;

  /// Whether a space is added before a text.
  [[nodiscard]] bool wants_prefix(std::string_view text) const noexcept;

  /// Copies a word, after a space if `prefix` is true, and returns its size. Without byte-level
  /// symbols, spaces become plain. If spaces collapse, one remains before letters, and none at the
  /// beginning or before the end. An empty word yields only the prefix.
  std::size_t copy(std::string_view source, bool prefix, bool beginning,
                   std::span<char> out) const noexcept;

 private:
  const Vocabulary& vocabulary_;
};

}  // namespace ringlet

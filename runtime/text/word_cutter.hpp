// How the words of a vocabulary look: where they end and what the encoder gets of them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "text/vocabulary.hpp"
#include "text/words.hpp"

namespace ringlet {

class WordCutter {
 public:
  explicit WordCutter(const Vocabulary& vocabulary) noexcept : vocabulary_(vocabulary) {}

  /// The first word of a text that is not empty. `prefixed`: a space is put in front of it, which
  /// may be a word by itself; that has 0 source_bytes.
  [[nodiscard]] Word first(std::string_view text, bool prefixed) const noexcept;

  /// Bytes of the first part of a word that merging does not go beyond.
  [[nodiscard]] std::size_t first_part(std::string_view word) const noexcept;

  /// Whether a text gets a space in front.
  [[nodiscard]] bool wants_prefix(std::string_view text) const noexcept;

  /// Copies a word, after a space when `prefix` says so, and says how long it has become. Without
  /// byte-level symbols spaces are plain; where they collapse, one is left in front of letters, and
  /// none at the beginning or where nothing follows. Of no word a prefix is left.
  std::size_t copy(std::string_view source, bool prefix, bool beginning,
                   std::span<char> out) const noexcept;

 private:
  const Vocabulary& vocabulary_;
};

}  // namespace ringlet

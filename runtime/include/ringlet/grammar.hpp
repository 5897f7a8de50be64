// A compiled grammar, verified once and then read in place, and lists of words for it.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/status.hpp"

namespace ringlet {

namespace schema {
struct Grammar;
struct WordLists;
}  // namespace schema

/// Words of which a grammar takes one: sorted by their bytes, all different. A view; the arrays
/// must outlive it and whatever reads it.
struct WordList {
  const char* text = nullptr;           // the bytes of all words; the first word begins at `begin`
  const std::uint32_t* ends = nullptr;  // where each word ends in `text`
  std::uint32_t begin = 0;
  std::uint32_t count = 0;

  [[nodiscard]] constexpr std::string_view word(std::uint32_t index) const noexcept {
    const std::uint32_t start = index == 0 ? begin : ends[index - 1];
    return {text + start, ends[index] - start};
  }
};

/// Words as an application has them, in any order: `word(words, i)` returns word i of `count`.
struct WordSource {
  const void* words = nullptr;
  std::string_view (*word)(const void* words, std::size_t index) noexcept = nullptr;
  std::size_t count = 0;

  /// An array of them.
  static WordSource of(std::span<const std::string_view> words) noexcept {
    return {words.data(),
            [](const void* array, std::size_t i) noexcept {
              return static_cast<const std::string_view*>(array)[i];
            },
            words.size()};
  }
};

/// Size in bytes of the memory in which sort_words() puts these words.
[[nodiscard]] std::uint64_t sorted_words_bytes(const WordSource& words) noexcept;

/// Copies words into `memory`, which must be aligned to 4 and hold sorted_words_bytes(), sorts
/// them, and drops those that occur twice. Errors: invalid_argument, with the index of a word that
/// no grammar can take (WordLists::open says which); not_enough_memory.
Result<WordList> sort_words(const WordSource& words, std::span<std::byte> memory) noexcept;

/// A view of a file of named lists, in memory or flash. Small, copyable, owns nothing.
class WordLists {
 public:
  /// Creates an empty view. Only useful as a target of assignment.
  WordLists() = default;

  /// Verifies the file, and returns a view. `bytes` must be aligned to 4. A word has 1 to 255
  /// bytes, is UTF-8, and has no control character, quote or backslash, which JSON would have to
  /// escape. Errors: invalid_model, checksum_mismatch, unsupported, invalid_argument; each names
  /// the field.
  static Result<WordLists> open(std::span<const std::byte> bytes) noexcept;

  [[nodiscard]] std::uint32_t count() const noexcept;
  [[nodiscard]] std::string_view name(std::uint32_t index) const noexcept;
  [[nodiscard]] WordList list(std::uint32_t index) const noexcept;

  /// The most words of a list.
  static constexpr std::uint32_t most_words = 65535;
  static constexpr std::uint32_t longest_word = 255;

 private:
  const schema::WordLists* tables_ = nullptr;
};

/// A view of a compiled grammar, in memory or flash. Small, copyable, owns nothing.
class Grammar {
 public:
  static constexpr std::uint32_t most_depth = 64;
  static constexpr std::uint32_t most_lists = 255;

  /// Creates an empty view. Only useful as a target of assignment.
  Grammar() = default;

  /// Verifies the checksum, the structure and every index of a file that `ringlet-grammar` wrote,
  /// and returns a view. `bytes` must be aligned to 4. Whatever the file contains, reading it stays
  /// within bounds. Errors: invalid_model, checksum_mismatch, unsupported, invalid_argument; each
  /// names the field.
  static Result<Grammar> open(std::span<const std::byte> bytes) noexcept;

  [[nodiscard]] std::uint32_t states() const noexcept;
  /// The most states on the stack.
  [[nodiscard]] std::uint32_t depth() const noexcept;
  /// The most states that one byte pushes.
  [[nodiscard]] std::uint32_t most_pushes() const noexcept { return most_pushes_; }
  /// Whether it reads runs of a text that is given at run time.
  [[nodiscard]] bool has_spans() const noexcept { return has_spans_; }
  /// Whether models write spaces in front of words or runs that are no part of the text
  /// (`x-ringlet-spaced`).
  [[nodiscard]] bool has_spaces() const noexcept { return has_spaces_; }

  /// The lists that are given at run time.
  [[nodiscard]] std::uint32_t list_count() const noexcept;
  [[nodiscard]] std::string_view list_name(std::uint32_t index) const noexcept;
  /// The index of a list, or list_count() if there is none of this name.
  [[nodiscard]] std::uint32_t find_list(std::string_view name) const noexcept;

  /// The verified tables, for the library's own use.
  [[nodiscard]] const schema::Grammar* tables() const noexcept { return tables_; }

 private:
  const schema::Grammar* tables_ = nullptr;
  std::uint16_t most_pushes_ = 0;
  bool has_spans_ = false;
  bool has_spaces_ = false;
};

}  // namespace ringlet

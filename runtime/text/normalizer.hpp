// From a text as people write it to the text that a vocabulary was made for: NFC, NFKC, lower case,
// SentencePiece's charsmaps.
//
// All of them are replacements of the longest known sequence of bytes, from left to right. NFC and
// NFKC replace characters by their decompositions, and then bring marks into canonical order and
// compose what can be composed (Unicode Standard Annex 15). The tables come with the model; nothing
// of Unicode is compiled in but the arithmetic of Hangul.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ringlet {

/// The tables of schema table Normalizer, which the model verifier has checked.
struct NormalizerTables {
  std::span<const std::uint32_t> trie;
  const char* replacements = nullptr;
  std::span<const std::uint32_t> combining;
  std::span<const std::uint64_t> compositions;
};

class Normalizer {
 public:
  /// Leaves every text as it is.
  Normalizer() = default;
  explicit Normalizer(const NormalizerTables& tables) noexcept : tables_(tables) {}

  [[nodiscard]] bool changes_texts() const noexcept { return !tables_.trie.empty(); }

  /// What can be normalized by itself, because nothing that follows can change it.
  struct Part {
    std::size_t source_bytes = 0;  // at least 1
    std::size_t normal_bytes = 0;  // of its normal form; may be 0
  };

  /// The first part of a text that is not empty. Its normal form is written to `out` if it has room
  /// for all of it. A byte that is no UTF-8 stays as it is. A part ends after 64 code points, so
  /// that what is composed is the normal form of every text in Stream-Safe Text Format (same annex,
  /// section 13), and time and memory have a bound for all others.
  [[nodiscard]] Part first_part(std::string_view text, std::span<char> out) const noexcept;

  static constexpr std::size_t longest_replacement = 64;
  static constexpr std::size_t longest_part = 256;

 private:
  struct Step {
    std::string_view text;
    std::size_t source_bytes = 0;
  };

  [[nodiscard]] Step replace(std::string_view text) const noexcept;
  [[nodiscard]] std::uint32_t combining(char32_t code) const noexcept;
  [[nodiscard]] char32_t composed(char32_t first, char32_t second) const noexcept;
  [[nodiscard]] bool begins_part(std::string_view text) const noexcept;
  [[nodiscard]] std::size_t compose(std::span<std::uint32_t> marks) const noexcept;
  [[nodiscard]] Part composed_part(std::string_view text, std::span<char> out) const noexcept;

  NormalizerTables tables_;
};

}  // namespace ringlet

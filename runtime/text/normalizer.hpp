// Normalizes text as a vocabulary expects it: NFC, NFKC, lower case, charsmaps of SentencePiece.
//
// Every normal form replaces the longest known sequence of bytes, from left to right. NFC and NFKC
// replace characters by their decompositions, then bring marks into canonical order and compose
// what can be composed (Unicode Standard Annex 15). The tables are part of the model file; only the
// arithmetic of Hangul is compiled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ringlet {

/// The tables of schema table Normalizer, checked by the model verifier.
struct NormalizerTables {
  std::span<const std::uint32_t> trie;
  const char* replacements = nullptr;
  std::span<const std::uint32_t> combining;
  std::span<const std::uint64_t> compositions;
};

class Normalizer {
 public:
  /// Keeps every text unchanged.
  Normalizer() = default;
  explicit Normalizer(const NormalizerTables& tables) noexcept : tables_(tables) {}

  [[nodiscard]] bool changes_texts() const noexcept { return !tables_.trie.empty(); }

  /// A part of a text that can be normalized separately, because nothing that follows can change
  /// it.
  struct Part {
    std::size_t source_bytes = 0;  // at least 1
    std::size_t normal_bytes = 0;  // size of its normal form, possibly 0
  };

  /// Returns the first part of a nonempty text. If `out` has room for all of its normal form,
  /// writes it there. A byte that is not UTF-8 stays unchanged. A part ends after 64 code points,
  /// which bounds time and memory. The result is still the normal form of every text in Stream-Safe
  /// Text Format (same annex, section 13).
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

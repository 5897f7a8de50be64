// Sets of characters (Unicode scalar values), and the bytes that they have in UTF-8.
#pragma once

#include <cstdint>
#include <vector>

namespace ringlet::grammar {

constexpr std::uint32_t last_character = 0x10FFFF;

/// The characters `first` to `last`, inclusive.
struct CharacterRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  auto operator<=>(const CharacterRange&) const = default;
};

/// The bytes `first` to `last`, inclusive.
struct ByteRange {
  std::uint8_t first = 0;
  std::uint8_t last = 0;
};

class CharacterSet {
 public:
  CharacterSet() = default;
  /// The characters `first` to `last`, inclusive, but no surrogates, which are not characters.
  CharacterSet(std::uint32_t first, std::uint32_t last);

  [[nodiscard]] static CharacterSet any() { return {0, last_character}; }

  /// Sorted; between two ranges there is at least one character.
  [[nodiscard]] const std::vector<CharacterRange>& ranges() const { return ranges_; }
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] bool contains(std::uint32_t character) const;

  [[nodiscard]] CharacterSet operator|(const CharacterSet& other) const;
  [[nodiscard]] CharacterSet operator&(const CharacterSet& other) const;
  /// All characters that are not in this set.
  [[nodiscard]] CharacterSet operator~() const;
  auto operator<=>(const CharacterSet&) const = default;

 private:
  explicit CharacterSet(std::vector<CharacterRange> ranges);
  std::vector<CharacterRange> ranges_;
};

/// The set as sequences of one to four ranges of bytes: a text is one character of the set in UTF-8
/// exactly if it is in one of them. No two have a text in common.
[[nodiscard]] std::vector<std::vector<ByteRange>> utf8_sequences(const CharacterSet& set);

}  // namespace ringlet::grammar

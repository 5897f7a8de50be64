// What kind of character a code point is, as far as pre-tokenizers ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

/// Unicode's general categories, put together. `letter` is what has no case (Lm, Lo), and every
/// letter and mark where a table does not tell them apart.
enum class CharacterClass : std::uint8_t {
  other = 0,
  letter = 1,
  uppercase = 2,  // Lu, Lt
  lowercase = 3,  // Ll
  mark = 4,       // M
  number = 5,     // N
  space = 6,      // White_Space
  /// P, in tables for vocabularies that ask for it; `other` in the rest.
  punctuation = 7,
};

/// Ranges of characters in the form of the model file: first code point << 3 | class, ascending,
/// the first range from 0. Most pre-tokenizers need about 1,600 of them (6 KB), GPT-4o's twice
/// that.
class CharacterClasses {
 public:
  CharacterClasses() = default;
  explicit CharacterClasses(std::span<const std::uint32_t> ranges) noexcept : ranges_(ranges) {}

  /// Without ranges every character beyond ASCII is `other`.
  [[nodiscard]] CharacterClass of(char32_t code) const noexcept {
    if (code < 0x80) return of_ascii(code);
    std::size_t low = 0;
    std::size_t high = ranges_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (ranges_[middle] >> 3 <= code) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? CharacterClass::other : static_cast<CharacterClass>(ranges_[low - 1] & 7);
  }

 private:
  /// Cases are told apart here whatever the table does; who does not care accepts all letters.
  static constexpr CharacterClass of_ascii(char32_t code) noexcept {
    if (code >= 'a' && code <= 'z') return CharacterClass::lowercase;
    if (code >= 'A' && code <= 'Z') return CharacterClass::uppercase;
    if (code >= '0' && code <= '9') return CharacterClass::number;
    return code == ' ' || (code >= 9 && code <= 13) ? CharacterClass::space : CharacterClass::other;
  }

  std::span<const std::uint32_t> ranges_;
};

}  // namespace ringlet

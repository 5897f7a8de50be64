// Character classes of code points, as far as pre-tokenizers need them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringlet {

/// Groups of Unicode's general categories. `letter` is a letter without case (Lm, Lo), and every
/// letter and mark in tables that do not distinguish them.
enum class CharacterClass : std::uint8_t {
  other = 0,
  letter = 1,
  uppercase = 2,  // Lu, Lt
  lowercase = 3,  // Ll
  mark = 4,       // M
  number = 5,     // N
  space = 6,      // White_Space
  /// P, in tables of vocabularies that need it; otherwise punctuation is `other`.
  punctuation = 7,
};

/// Ranges of characters as stored in the model file: first code point << 3 | class, ascending, the
/// first range from 0. Most pre-tokenizers need about 1,600 ranges (6 KB), GPT-4o's twice as many.
class CharacterClasses {
 public:
  CharacterClasses() = default;
  explicit CharacterClasses(std::span<const std::uint32_t> ranges) noexcept : ranges_(ranges) {}

  /// Without ranges, every character beyond ASCII is `other`.
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
  /// Always distinguishes cases; callers that do not care accept all letter classes.
  static constexpr CharacterClass of_ascii(char32_t code) noexcept {
    if (code >= 'a' && code <= 'z') return CharacterClass::lowercase;
    if (code >= 'A' && code <= 'Z') return CharacterClass::uppercase;
    if (code >= '0' && code <= '9') return CharacterClass::number;
    return code == ' ' || (code >= 9 && code <= 13) ? CharacterClass::space : CharacterClass::other;
  }

  std::span<const std::uint32_t> ranges_;
};

}  // namespace ringlet

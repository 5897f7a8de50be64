// The structure of UTF-8 (Unicode 15, table 3-7), for splitting text into characters and repairing
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringlet {

/// Size in bytes of a character with this first byte; 0 if none exists.
constexpr std::size_t utf8_length(std::uint8_t lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;  // a continuation byte or an overlong form
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

/// Whether `byte` is valid at index 1 to 3 of a character that starts with `lead`. The second byte
/// excludes overlong forms, surrogates and code points beyond U+10FFFF.
constexpr bool utf8_continues(std::uint8_t lead, std::size_t index, std::uint8_t byte) noexcept {
  std::uint8_t lowest = 0x80;
  std::uint8_t highest = 0xBF;
  if (index == 1) {
    if (lead == 0xE0) lowest = 0xA0;
    if (lead == 0xED) highest = 0x9F;
    if (lead == 0xF0) lowest = 0x90;
    if (lead == 0xF4) highest = 0x8F;
  }
  return byte >= lowest && byte <= highest;
}

/// Size in bytes of the first character of a nonempty text; 1 if it is not valid UTF-8.
constexpr std::size_t utf8_first_character(std::string_view text) noexcept {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = utf8_length(lead);
  if (length == 0 || length > text.size()) return 1;
  for (std::size_t i = 1; i < length; ++i) {
    if (!utf8_continues(lead, i, static_cast<std::uint8_t>(text[i]))) return 1;
  }
  return length;
}

/// The result of utf8_code_point for a byte that is not a character.
inline constexpr char32_t no_code_point = 0xFFFFFFFF;

/// The code point of one character, as split by utf8_first_character.
constexpr char32_t utf8_code_point(std::string_view character) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x80 ? byte(0) : no_code_point;
  char32_t code = byte(0) & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) code = code << 6 | (byte(i) & 0x3FU);
  return code;
}

}  // namespace ringlet

// Plain text: characters from U+0020 without quote and backslash, which JSON would have to escape.
#pragma once

#include <cstdint>
#include <string_view>

#include "text/utf8.hpp"

namespace ringlet {

/// Whether a character of one byte is plain.
constexpr bool is_plain(std::uint8_t byte) noexcept {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/// Whether a text is plain: whole characters of UTF-8, all of them plain.
constexpr bool is_plain_text(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t size = utf8_first_character(text);
    if (size == 1 && !is_plain(static_cast<std::uint8_t>(text[0]))) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace ringlet

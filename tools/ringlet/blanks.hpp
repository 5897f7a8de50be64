// Blank characters in a text.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::cli {

inline constexpr std::string_view blanks = " \t\r\n";

/// Whether a text consists only of blanks.
[[nodiscard]] inline bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

/// The text without blanks at both ends.
[[nodiscard]] inline std::string trimmed(const std::string& text) {
  if (is_blank(text)) return {};
  const std::size_t begin = text.find_first_not_of(blanks);
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace ringlet::cli

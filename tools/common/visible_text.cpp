#include "common/visible_text.hpp"

#include <algorithm>
#include <array>

#include "terminal.hpp"

namespace ringlet::common {
namespace {

/// "\x1b".
std::array<char, 4> escape_of(char c) noexcept {
  static constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
}

/// Number of bytes before the next control character.
std::size_t plain_length(std::string_view text) noexcept {
  std::size_t length = 0;
  while (length < text.size() && control_length(text.substr(length)) == 0) ++length;
  return length;
}

}  // namespace

std::size_t control_length(std::string_view text) noexcept {
  constexpr unsigned char delete_character = 0x7F;
  constexpr unsigned char first_of_two = 0xC2;
  if (text.empty()) return 0;
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte == '\n' || byte == '\t') return 0;
  if (byte < ' ' || byte == delete_character) return 1;
  if (byte != first_of_two || text.size() < 2) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  return second >= 0x80 && second <= 0x9F ? 2 : 0;
}

std::string visible(std::string_view text, bool one_line) {
  std::string result;
  while (!text.empty()) {
    const bool breaks = one_line && (text[0] == '\n' || text[0] == '\t');
    const std::size_t control = breaks ? 1 : control_length(text);
    if (breaks) {
      result += text[0] == '\n' ? "\\n" : "\\t";
    } else if (control == 0) {
      result += text[0];
    }
    for (std::size_t i = 0; !breaks && i < control; ++i) {
      const std::array<char, 4> escape = escape_of(text[i]);
      result.append(escape.data(), escape.size());
    }
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return result;
}

bool write_visible(int descriptor, std::string_view text) noexcept {
  if (!port::is_terminal(descriptor)) return port::write_all(descriptor, text);
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    if (!port::write_all(descriptor, text.substr(0, plain))) return false;
    text.remove_prefix(plain);
    const std::size_t control = control_length(text);
    for (std::size_t i = 0; i < control; ++i) {
      const std::array<char, 4> escape = escape_of(text[i]);
      if (!port::write_all(descriptor, {escape.data(), escape.size()})) return false;
    }
    text.remove_prefix(control);
  }
  return true;
}

}  // namespace ringlet::common

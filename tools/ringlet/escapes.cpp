#include "escapes.hpp"

#include <charconv>

#include "command.hpp"

namespace ringlet::cli {
namespace {

/// The meaning of the character after a backslash; '\0' if it has none.
char meaning(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '\\':
    case '"':
    case '\'':
      return letter;
    default:
      return '\0';
  }
}

[[noreturn]] void reject(std::string_view escape) {
  throw UsageError("'" + std::string(escape) +
                   "' is not an escape; with -e these are: \\n \\t \\r \\\\ \\\" \\' \\xHH");
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (text.front() != '\\') {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    const bool is_byte = text.substr(1).starts_with('x');
    const std::string_view escape = text.substr(0, is_byte ? 4 : 2);
    unsigned value = 0;
    if (is_byte) {
      const char* end = escape.data() + escape.size();
      const auto [stop, error] = std::from_chars(escape.data() + 2, end, value, 16);
      if (error != std::errc() || stop != end || escape.size() != 4) reject(escape);
    } else {
      value = static_cast<unsigned char>(escape.size() == 2 ? meaning(escape[1]) : '\0');
      if (value == 0) reject(escape);
    }
    result += static_cast<char>(value);
    text.remove_prefix(escape.size());
  }
  return result;
}

}  // namespace ringlet::cli

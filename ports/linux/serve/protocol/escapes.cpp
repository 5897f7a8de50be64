#include "serve/protocol/escapes.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

#include "jinja/text.hpp"

namespace ringlet::serve {
namespace {

/// The number that so many hexadecimal digits write at the beginning of the text.
std::optional<std::uint32_t> hexadecimal(std::string_view text, std::size_t digits) {
  std::uint32_t value = 0;
  if (text.size() < digits) return std::nullopt;
  const char* const end = text.data() + digits;
  const auto [read, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc() || read != end) return std::nullopt;
  return value;
}

bool is_surrogate(std::uint32_t value) { return value >= 0xD800 && value < 0xE000; }

/// Takes the digits behind "\x", "\u" or "\U", and the second escape of a pair of surrogates.
std::optional<std::uint32_t> take_code_point(std::string_view& text, std::size_t digits) {
  const auto value = hexadecimal(text, digits);
  if (!value || *value > 0x10FFFF) return std::nullopt;
  if (!is_surrogate(*value)) {
    text.remove_prefix(digits);
    return value;
  }
  const std::string_view second = text.substr(digits);
  const auto low = second.starts_with("\\u") ? hexadecimal(second.substr(2), 4) : std::nullopt;
  if (!low || *value >= 0xDC00 || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
  text.remove_prefix(digits + 6);
  return 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
}

/// Takes what stands behind a backslash. False if it names no character.
bool take_escape(std::string_view& text, std::string& result) {
  constexpr std::string_view names = "nrtbf\"'\\/\n";
  constexpr std::string_view characters[] = {"\n", "\r", "\t", "\b", "\f",
                                             "\"", "'",  "\\", "/",  ""};
  const char name = text.front();
  if (const std::size_t at = names.find(name); at != std::string_view::npos) {
    result += characters[at];
    text.remove_prefix(1);
    return true;
  }
  const std::size_t digits = name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0;
  std::string_view behind = text.substr(1);
  const auto value = digits == 0 ? std::nullopt : take_code_point(behind, digits);
  if (!value) return false;
  jinja::append_code_point(result, *value);
  text = behind;
  return true;
}

}  // namespace

std::string unescaped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('\\'), text.size());
    result += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty() || !take_escape(text, result)) result += '\\';
  }
  return result;
}

}  // namespace ringlet::serve

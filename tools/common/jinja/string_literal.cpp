// String literals, which Jinja2 decodes with Python's codec "unicode_escape".
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "jinja/error.hpp"
#include "jinja/lexer.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

class Unescaper {
 public:
  explicit Unescaper(std::string_view body) : body_(body) {}

  std::string run() {
    while (at_ < body_.size()) {
      if (body_[at_] == '\\' && at_ + 1 < body_.size()) {
        ++at_;
        read_escape();
      } else {
        text_ += body_[at_++];
      }
    }
    return std::move(text_);
  }

 private:
  void read_escape() {
    static constexpr std::string_view letters = "\\'\"abfnrtv\n";
    const char c = body_[at_];
    switch (c) {
      case 'x':
        return read_digits(2, 2, 16, 1);
      case 'u':
        return read_digits(4, 4, 16, 1);
      case 'U':
        return read_digits(8, 8, 16, 1);
      case 'N':
        unsupported("the escape \\N{...}");
      default:
        break;
    }
    if (c >= '0' && c <= '7') return read_digits(1, 3, 8, 0);
    if (const std::size_t at = letters.find(c); at != std::string_view::npos) {
      static constexpr std::string_view values = "\\'\"\a\b\f\n\r\t\v";
      if (c != '\n') text_ += values[at];  // an escaped line break is omitted
      ++at_;
      return;
    }
    text_ += '\\';
    if (static_cast<unsigned char>(c) >= 0x80) read_escaped_character();
  }

  /// Jinja2 first writes characters beyond ASCII as escapes. A backslash before such a character
  /// then escapes the backslash of that escape.
  void read_escaped_character() {
    const std::string_view character = characters(body_.substr(at_)).front();
    const std::uint32_t code = code_point(character);
    const unsigned digits = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
    text_ += digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    for (unsigned i = digits; i-- > 0;) text_ += "0123456789abcdef"[(code >> (4 * i)) & 15];
    at_ += character.size();
  }

  void read_digits(std::size_t least, std::size_t most, int base, std::size_t skip) {
    at_ += skip;
    std::uint32_t code = 0;
    std::size_t count = 0;
    for (; count < most && at_ < body_.size() && digit_value(body_[at_]) < base; ++count, ++at_) {
      code = code * static_cast<std::uint32_t>(base) +
             static_cast<std::uint32_t>(digit_value(body_[at_]));
    }
    if (count < least) raise("has an incomplete escape in a string");
    if (code > 0x10FFFF) raise("has an escape beyond U+10FFFF in a string");
    if (code >= 0xD800 && code < 0xE000) unsupported("an escaped surrogate");
    append_code_point(text_, code);
  }

  std::string_view body_;
  std::size_t at_ = 0;
  std::string text_;
};

}  // namespace

std::string unescape(std::string_view body) { return Unescaper(body).run(); }

}  // namespace ringlet::jinja

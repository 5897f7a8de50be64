#include "grammar/text_reader.hpp"

#include <utility>

#include "text/utf8.hpp"

namespace ringlet::grammar {
namespace {

int hex_value(std::uint32_t character) {
  if (character >= '0' && character <= '9') return static_cast<int>(character - '0');
  if (character >= 'a' && character <= 'f') return static_cast<int>(character - 'a' + 10);
  if (character >= 'A' && character <= 'F') return static_cast<int>(character - 'A' + 10);
  return -1;
}

}  // namespace

TextReader::TextReader(std::string_view text, std::string name)
    : text_(text), name_(std::move(name)) {
  while (position_ < text_.size()) {
    const std::string_view rest = text_.substr(position_);
    const std::size_t length = utf8_first_character(rest);
    if (utf8_code_point(rest.substr(0, length)) == no_code_point) refuse("this is not UTF-8");
    position_ += length;
  }
  position_ = 0;
}

std::uint32_t TextReader::peek() const { return peek_after(0); }

std::uint32_t TextReader::peek_after(std::size_t skip) const {
  if (position_ + skip >= text_.size()) return no_character;
  const std::string_view rest = text_.substr(position_ + skip);
  return utf8_code_point(rest.substr(0, utf8_first_character(rest)));
}

std::uint32_t TextReader::take() {
  const std::uint32_t character = peek();
  if (character != no_character) position_ += utf8_first_character(text_.substr(position_));
  return character;
}

bool TextReader::take_if(std::string_view wanted) {
  if (!text_.substr(position_).starts_with(wanted)) return false;
  position_ += wanted.size();
  return true;
}

std::uint32_t TextReader::take_number(std::uint32_t limit) {
  if (!at_digit()) refuse("a number is missing");
  std::uint64_t value = 0;
  while (at_digit()) {
    value = 10 * value + (take() - '0');
    if (value > limit) refuse("the number is above the limit of ", limit);
  }
  return static_cast<std::uint32_t>(value);
}

std::uint32_t TextReader::take_hex(unsigned digits) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < digits; ++i) {
    const int digit = hex_value(peek());
    if (digit < 0) refuse("an escape needs ", digits, " hexadecimal digits");
    value = 16 * value + static_cast<std::uint32_t>(digit);
    (void)take();
  }
  return value;
}

std::string TextReader::place() const {
  unsigned line = 1;
  unsigned column = 1;
  for (std::size_t i = 0; i < position_ && i < text_.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text_[i]);
    if (byte == '\n') {
      ++line;
      column = 1;
    } else if ((byte & 0xC0) != 0x80) {
      ++column;
    }
  }
  std::string place = name_;
  if (text_.find('\n') < text_.size()) place += ", line " + std::to_string(line);
  return place + ", column " + std::to_string(column);
}

std::string utf8_of(std::uint32_t character) {
  std::string bytes;
  const auto add = [&](std::uint32_t byte) { bytes += static_cast<char>(byte); };
  const auto trail = [&](unsigned shift) { add(0x80 | ((character >> shift) & 0x3F)); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0 | (character >> 6));
    trail(0);
  } else if (character < 0x10000) {
    add(0xE0 | (character >> 12));
    trail(6);
    trail(0);
  } else {
    add(0xF0 | (character >> 18));
    trail(12);
    trail(6);
    trail(0);
  }
  return bytes;
}

std::u32string characters_of(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const std::size_t length = utf8_first_character(text);
    characters += utf8_code_point(text.substr(0, length));
    text.remove_prefix(length);
  }
  return characters;
}

}  // namespace ringlet::grammar

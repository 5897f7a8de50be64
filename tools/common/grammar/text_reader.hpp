// Reads a text that a person wrote, character by character, and names the place of an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/errors.hpp"

namespace ringlet::grammar {

/// The end of the text, which is no character.
constexpr std::uint32_t no_character = 0xFFFFFFFF;

/// A text in UTF-8.
class TextReader {
 public:
  /// `name` is for messages. Throws port::Failure if the text is not UTF-8.
  TextReader(std::string_view text, std::string name);

  /// The next character, or no_character.
  [[nodiscard]] std::uint32_t peek() const;
  /// The character after `skip` more bytes of ASCII, or no_character.
  [[nodiscard]] std::uint32_t peek_after(std::size_t skip) const;
  std::uint32_t take();
  /// Takes `wanted` if it is next. All of it is ASCII.
  bool take_if(std::string_view wanted);
  /// A number of decimal digits, at most `limit`.
  std::uint32_t take_number(std::uint32_t limit);
  /// A number of exactly `digits` hexadecimal digits, which must be a character.
  std::uint32_t take_hex(unsigned digits);
  [[nodiscard]] bool at_digit() const { return peek() >= '0' && peek() <= '9'; }

  [[nodiscard]] std::size_t position() const { return position_; }
  void go_back(std::size_t position) { position_ = position; }

  /// "NAME, line 3, column 7: …". The column counts characters.
  template <typename... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    common::fail(place(), ": ", parts...);
  }

 private:
  [[nodiscard]] std::string place() const;

  std::string_view text_;
  std::string name_;
  std::size_t position_ = 0;
};

/// A character in UTF-8.
[[nodiscard]] std::string utf8_of(std::uint32_t character);

/// The characters of a text in UTF-8, which is known to be valid.
[[nodiscard]] std::u32string characters_of(std::string_view text);

}  // namespace ringlet::grammar

// A template cut into tokens, by the rules of Jinja2's lexer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::convert::jinja {

enum class TokenKind : std::uint8_t {
  data,          // outside of tags
  block_begin,   // {%
  block_end,     // %}
  output_begin,  // {{
  output_end,    // }}
  name,
  string,
  integer,
  real,
  symbol,  // operators and brackets
  end
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
  std::size_t line = 1;
};

/// The tokens of a template with trim_blocks and lstrip_blocks; the last is TokenKind::end. Line
/// breaks become "\n", and one at the end is left out. Throws Error or Unsupported with the line.
std::vector<Token> tokenize(std::string_view source);

/// What a string literal stands for; `body` is what is between its quotes. In
/// string_literal.cpp.
std::string unescape(std::string_view body);

}  // namespace ringlet::convert::jinja

// Splits a template into tokens, by the rules of Jinja2's lexer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::jinja {

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

/// Returns the tokens of a template with trim_blocks and lstrip_blocks. The last one is
/// TokenKind::end. Line breaks become "\n", and one at the end is removed. Throws Error or
/// Unsupported with the line.
std::vector<Token> tokenize(std::string_view source);

/// Returns the value of a string literal. `body` is the text between its quotes. Defined in
/// string_literal.cpp.
std::string unescape(std::string_view body);

}  // namespace ringlet::jinja

// A template cut into tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::convert {

enum class JinjaToken : std::uint8_t {
  text,          // outside of tags
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

struct JinjaLexeme {
  JinjaToken token = JinjaToken::end;
  std::string text;
  std::size_t line = 1;
};

/// The tokens, with the white space taken away that the tags ask for. Ends with JinjaToken::end.
/// Throws std::runtime_error naming the line.
std::vector<JinjaLexeme> lex_template(std::string_view text);

}  // namespace ringlet::convert

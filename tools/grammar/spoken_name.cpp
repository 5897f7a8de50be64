#include "spoken_name.hpp"

#include <array>
#include <cstdint>

#include "common/errors.hpp"
#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

/// U+00C0 to U+017F in lower case without marks, as their usual spellings in ASCII; a space for
/// signs.
constexpr std::array<const char*, 192> latin = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",  // C0
    "d", "n", "o",  "o",  "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",  // E0
    "d", "n", "o",  "o",  "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "y",
    "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",  // 100
    "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",
    "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",  // 120
    "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",
    "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",  // 140
    "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",
    "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",  // 160
    "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s"};

struct Range {
  std::uint32_t first, last;
};

/// Marks that combine with the letter before them, and joiners and selectors of emoji.
constexpr std::array<Range, 4> unheard = {
    {{0x300, 0x36F}, {0x200B, 0x200D}, {0xFE00, 0xFE0F}, {0x1F3FB, 0x1F3FF}}};

/// Punctuation, arrows, symbols, emoji.
constexpr std::array<Range, 6> signs = {{{0x7F, 0xBF},
                                         {0x2000, 0x206F},
                                         {0x20A0, 0x20CF},
                                         {0x2100, 0x2BFF},
                                         {0x3000, 0x303F},
                                         {0x1F000, 0x1FAFF}}};

template <std::size_t size>
bool is_in(const std::array<Range, size>& ranges, std::uint32_t character) {
  for (const Range& range : ranges) {
    if (range.first <= character && character <= range.last) return true;
  }
  return false;
}

std::string spelling_in_ascii(char c) {
  if (c >= 'A' && c <= 'Z') return std::string(1, static_cast<char>(c - 'A' + 'a'));
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' || c == '-') {
    return std::string(1, c);
  }
  return c == '&' ? " and " : " ";
}

/// Of a character; empty if it is not heard. Throws for a letter that has none.
std::string spelling(std::uint32_t character, std::string_view written) {
  if (character < 0x80) return spelling_in_ascii(static_cast<char>(character));
  if (character == 0x2018 || character == 0x2019) return "'";
  if (character == 0x2010 || character == 0x2011) return "-";
  if (character >= 0xC0 && character <= 0x17F) return latin[character - 0xC0];
  if (is_in(unheard, character)) return "";
  if (is_in(signs, character)) return " ";
  common::fail("'", written, "' has '", utf8_of(character),
               "', which the model does not know; write it in Latin letters");
}

bool is_sign(char c) { return c == '\'' || c == '-'; }

/// Without spaces and signs at the ends of words.
std::string trimmed(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool joins = is_sign(text[i]) && !result.empty() && result.back() != ' ' &&
                       !is_sign(result.back()) && i + 1 < text.size() && text[i + 1] != ' ' &&
                       !is_sign(text[i + 1]);
    if (text[i] != ' ' && (!is_sign(text[i]) || joins)) {
      result += text[i];
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

}  // namespace

std::string spoken_name(std::string_view written) {
  TextReader in(written, "a name");
  std::string spelled;
  while (in.peek() != no_character) spelled += spelling(in.take(), written);
  const std::string name = trimmed(spelled);
  if (name.empty()) common::fail("'", written, "' has no letters or digits");
  if (name.size() > longest_spoken_name) {
    common::fail("'", written, "' is longer than the ", longest_spoken_name,
                 " letters of a name; shorten it");
  }
  return name;
}

}  // namespace ringlet::grammar

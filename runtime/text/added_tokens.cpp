#include "text/added_tokens.hpp"

#include <algorithm>
#include <functional>

#include "text/utf8.hpp"

namespace ringlet {
namespace {

/// Replaces starts_with(), whose bounds check would link C++ exception handling into firmware built
/// for size.
bool begins_with(std::string_view text, std::string_view start) noexcept {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin());
}

constexpr std::uint8_t user_defined = 5;  // schema::PieceKind
constexpr std::uint8_t strips_before = 1;
constexpr std::uint8_t strips_after = 2;
constexpr std::uint8_t takes_space = 4;
constexpr std::size_t not_found = static_cast<std::size_t>(-1);

bool is_space(std::string_view character, const CharacterClasses& classes) noexcept {
  return classes.of(utf8_code_point(character)) == CharacterClass::space;
}

/// Number of white-space bytes at the start of a text.
std::size_t spaces_at_start(std::string_view text, const CharacterClasses& classes) noexcept {
  std::size_t size = 0;
  while (size < text.size()) {
    const std::string_view rest(text.data() + size, text.size() - size);
    const std::size_t length = utf8_first_character(rest);
    if (!is_space({rest.data(), length}, classes)) break;
    size += length;
  }
  return size;
}

/// Number of white-space bytes at the end of a text.
std::size_t spaces_at_end(std::string_view text, const CharacterClasses& classes) noexcept {
  std::size_t begin = text.size();
  while (begin > 0) {
    std::size_t start = begin - 1;
    while (start > 0 && begin - start < 4 &&
           (static_cast<std::uint8_t>(text[start]) & 0xC0) == 0x80) {
      --start;
    }
    const std::string_view character(text.data() + start, begin - start);
    if (utf8_first_character(character) != character.size()) break;
    if (!is_space(character, classes)) break;
    begin = start;
  }
  return text.size() - begin;
}

/// Size in bytes of the space at the end of a text, plain or U+2581; 0 if there is none.
std::size_t trailing_space(std::string_view text) noexcept {
  constexpr std::string_view visible = "\xE2\x96\x81";
  if (!text.empty() && text.back() == ' ') return 1;
  if (text.size() < visible.size()) return 0;
  const std::string_view end(text.data() + (text.size() - visible.size()), visible.size());
  return end == visible ? visible.size() : 0;
}

}  // namespace

AddedTokens::AddedTokens(const Vocabulary& vocabulary, const ControlTokens& control_tokens) noexcept
    : vocabulary_(vocabulary), control_tokens_(control_tokens) {
  for (const TokenId token : vocabulary.added) {
    const auto byte = static_cast<std::uint8_t>(vocabulary.piece(token).front());
    first_bytes_[byte / 32] |= 1U << (byte % 32);
  }
}

bool AddedTokens::may_start(char c) const noexcept {
  const auto byte = static_cast<std::uint8_t>(c);
  return (first_bytes_[byte / 32] >> (byte % 32) & 1U) != 0;
}

/// A control piece is allowed if control tokens are enabled and it does not overlap the literal
/// part; a user-defined one unless it overlaps a plain one.
bool AddedTokens::is_allowed(TokenId token, std::string_view found) const noexcept {
  if (vocabulary_.kinds[token] == user_defined) {
    if (!control_tokens_.literal_is_plain) return true;
  } else if (!control_tokens_.enabled) {
    return false;
  }
  const char* literal_end = control_tokens_.literal.data() + control_tokens_.literal.size();
  const std::less_equal<const char*> before;
  return control_tokens_.literal.empty() ||
         before(found.data() + found.size(), control_tokens_.literal.data()) ||
         before(literal_end, found.data());
}

/// Index of the longest piece that `text` begins with.
std::size_t AddedTokens::longest_at(std::string_view text) const noexcept {
  // Finds the last piece that is not greater than the text. Pieces that the text begins with are
  // before it, among those with the same first byte.
  std::size_t low = 0;
  std::size_t high = vocabulary_.added.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (vocabulary_.piece(vocabulary_.added[middle]).compare(text) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  while (low-- > 0) {
    const TokenId token = vocabulary_.added[low];
    const std::string_view piece = vocabulary_.piece(token);
    if (piece.front() != text.front()) break;
    if (begins_with(text, piece) && is_allowed(token, {text.data(), piece.size()})) return low;
  }
  return not_found;
}

AddedToken AddedTokens::first(std::string_view text, bool prefixed) const noexcept {
  for (std::size_t i = 0; i < text.size() && !vocabulary_.added.empty(); ++i) {
    if (!may_start(text[i])) continue;
    const std::string_view rest(text.data() + i, text.size() - i);
    const std::size_t index = longest_at(rest);
    if (index == not_found) continue;
    const TokenId token = vocabulary_.added[index];
    const std::uint8_t strips = vocabulary_.added_strips[index];
    AddedToken found{token, i, i + vocabulary_.piece(token).size()};
    if ((strips & takes_space) != 0) {
      const std::size_t space = trailing_space({text.data(), i});
      if (space == 0 && !(prefixed && i == 0)) continue;
      found.begin -= space;
      found.has_space = true;
      found.leaves_prefix = prefixed && i > 0 && found.begin == 0;
    }
    if ((strips & strips_before) != 0) {
      found.begin -= spaces_at_end({text.data(), found.begin}, vocabulary_.classes);
    }
    if ((strips & strips_after) != 0) {
      found.end +=
          spaces_at_start({text.data() + found.end, text.size() - found.end}, vocabulary_.classes);
    }
    return found;
  }
  return {Tokenizer::none, text.size(), text.size()};
}

}  // namespace ringlet

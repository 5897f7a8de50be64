// Reads a text as characters with their classes, for splitting it into words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/character_classes.hpp"
#include "text/utf8.hpp"

namespace ringlet {

struct Character {
  char32_t code = 0;
  std::uint8_t length = 0;  // bytes; 0 at the end of the text
  CharacterClass kind = CharacterClass::other;

  [[nodiscard]] bool exists() const noexcept { return length > 0; }
  [[nodiscard]] bool is(CharacterClass k) const noexcept { return exists() && kind == k; }
  [[nodiscard]] bool is_space() const noexcept { return is(CharacterClass::space); }
  [[nodiscard]] bool is_number() const noexcept { return is(CharacterClass::number); }
  [[nodiscard]] bool is_letter() const noexcept {
    return is(CharacterClass::letter) || is(CharacterClass::uppercase) ||
           is(CharacterClass::lowercase);
  }
  /// Punctuation in Unicode, and every printable ASCII character that is neither letter nor number.
  [[nodiscard]] bool is_punctuation() const noexcept {
    return code < 0x80 ? code > ' ' && code < 0x7F && kind == CharacterClass::other
                       : is(CharacterClass::punctuation);
  }
  /// Punctuation in Unicode (\p{P}).
  [[nodiscard]] bool is_strict_punctuation() const noexcept {
    constexpr std::string_view symbols = "$+<=>^`|~";
    return is_punctuation() &&
           (code >= 0x80 || symbols.find(static_cast<char>(code)) == std::string_view::npos);
  }
  [[nodiscard]] bool is_newline() const noexcept {
    return exists() && (code == '\n' || code == '\r');
  }
  /// Neither space, letter nor number. Marks are symbols.
  [[nodiscard]] bool is_symbol() const noexcept {
    return exists() && !is_space() && !is_number() && !is_letter();
  }
  [[nodiscard]] bool is_plain_space() const noexcept { return exists() && code == ' '; }
  // The two halves of a word in GPT-4o's expression. Both can contain caseless letters and marks.
  [[nodiscard]] bool may_lead_word() const noexcept {
    return is(CharacterClass::uppercase) || may_do_both();
  }
  [[nodiscard]] bool may_end_word() const noexcept {
    return is(CharacterClass::lowercase) || may_do_both();
  }
  [[nodiscard]] bool may_do_both() const noexcept {
    return is(CharacterClass::letter) || is(CharacterClass::mark);
  }
};

/// Reads a text character by character; all positions are byte offsets.
class CharacterReader {
 public:
  CharacterReader(std::string_view text, const CharacterClasses& classes) noexcept
      : text_(text), classes_(classes) {}

  /// Returns the character at a position. A byte that is not UTF-8 is `other` and has no code.
  [[nodiscard]] Character at(std::size_t position) const noexcept {
    if (position >= text_.size()) {
      saw_end_ = true;
      return {};
    }
    const std::string_view rest(text_.data() + position, text_.size() - position);
    const auto length = static_cast<std::uint8_t>(utf8_first_character(rest));
    const char32_t code = utf8_code_point({rest.data(), length});
    return {code, length, code == no_code_point ? CharacterClass::other : classes_.of(code)};
  }

  /// Returns the end of the run of characters from `position` on for which `belongs` is true.
  template <typename Belongs>
  [[nodiscard]] std::size_t run(std::size_t position, Belongs belongs) const noexcept {
    for (Character c = at(position); c.exists() && belongs(c); c = at(position)) {
      position += c.length;
    }
    return position;
  }

  [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

  /// Whether any query reached the end of the text.
  [[nodiscard]] bool saw_end() const noexcept { return saw_end_; }

 private:
  std::string_view text_;
  const CharacterClasses& classes_;
  mutable bool saw_end_ = false;
};

}  // namespace ringlet

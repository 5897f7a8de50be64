#include "text/word_matches.hpp"

namespace ringlet {
namespace {

bool is_kanji(char32_t code) noexcept { return code >= 0x4E00 && code <= 0x9FA5; }

bool is_kanji_or_kana(const Character& c) noexcept {
  return is_kanji(c.code) || (c.code >= 0x3040 && c.code <= 0x30FF);
}

bool is_east_asian(const Character& c) noexcept {
  return (c.code >= 0x800 && c.code <= 0x9FA5) || (c.code >= 0xAC00 && c.code <= 0xD7FF);
}

bool is_ascii_letter(const Character& c) noexcept { return c.code < 0x80 && c.is_letter(); }

/// Finds matches from a position on. Each function returns the end of the match, or the position.
class Matcher {
 public:
  explicit Matcher(const CharacterReader& text) noexcept : text_(text) {}

  [[nodiscard]] std::size_t match(std::size_t begin, WordStep step) const noexcept {
    switch (step) {
      case WordStep::deepseek3:
        return deepseek3(begin);
      case WordStep::numbers_by_three:
        return numbers(begin);
      case WordStep::kanji_and_kana:
        return text_.run(begin, is_kanji_or_kana);
      case WordStep::newlines:
        return begin + (text_.at(begin).is_newline() ? 1 : 0);
      case WordStep::east_asian:
        return text_.run(begin, is_east_asian);
      case WordStep::letters_after_space:
        return after_space(begin, is_letter);
      default:
        return after_space(begin, [](const Character& c) { return c.is_strict_punctuation(); });
    }
  }

 private:
  static bool is_letter(const Character& c) noexcept { return c.is_letter(); }
  static bool is_symbol(const Character& c) noexcept { return c.is_punctuation(); }

  [[nodiscard]] std::size_t numbers(std::size_t begin) const noexcept {
    int count = 0;
    return text_.run(begin, [&](const Character& c) { return c.is_number() && count++ < 3; });
  }

  template <typename Belongs>
  [[nodiscard]] std::size_t after_space(std::size_t begin, Belongs belongs) const noexcept {
    const Character first = text_.at(begin);
    const std::size_t word = begin + (first.is_space() ? first.length : 0);
    const std::size_t end = text_.run(word, belongs);
    return end > word ? end : begin;
  }

  [[nodiscard]] std::size_t deepseek3(std::size_t begin) const noexcept {
    const Character first = text_.at(begin);
    const std::size_t after = begin + first.length;
    std::size_t end = begin;
    if (first.code < 0x80 && is_symbol(first)) end = text_.run(after, is_ascii_letter);
    if (end > after) return end;
    if (is_letter(first)) return text_.run(begin, is_letter);
    if (!is_symbol(first) && !first.is_newline()) end = text_.run(after, is_letter);
    if (end > after) return end;
    end = symbols(begin);
    return end > begin ? end : spaces(begin);
  }

  ///  ?[\p{P}\p{S}]+[\r\n]*
  [[nodiscard]] std::size_t symbols(std::size_t begin) const noexcept {
    const std::size_t first = begin + (text_.at(begin).is_plain_space() ? 1 : 0);
    const std::size_t end = text_.run(first, is_symbol);
    if (end == first) return begin;
    return text_.run(end, [](const Character& c) { return c.is_newline(); });
  }

  /// \s*[\r\n]+|\s+(?!\S)|\s+
  [[nodiscard]] std::size_t spaces(std::size_t begin) const noexcept {
    std::size_t position = begin;
    std::size_t before_last = begin;
    std::size_t after_newline = begin;
    Character c = text_.at(begin);
    for (; c.is_space(); c = text_.at(position)) {
      before_last = position;
      position += c.length;
      if (c.is_newline()) after_newline = position;
    }
    if (after_newline > begin) return after_newline;
    return c.exists() && before_last > begin ? before_last : position;
  }

  const CharacterReader& text_;
};

}  // namespace

bool isolates_matches(WordStep step) noexcept {
  return (step >= WordStep::deepseek3 && step <= WordStep::east_asian) ||
         step == WordStep::letters_after_space || step == WordStep::punctuation_after_space;
}

std::size_t first_match_or_gap(const CharacterReader& text, WordStep step) noexcept {
  const Matcher matcher(text);
  if (const std::size_t end = matcher.match(0, step); end > 0) return end;
  std::size_t gap = 0;
  do {
    gap += text.at(gap).length;
  } while (text.at(gap).exists() && matcher.match(gap, step) == gap);
  return gap;
}

}  // namespace ringlet

#include "text/pre_tokenizer.hpp"

#include "text/character_reader.hpp"

namespace ringlet {
namespace {

/// Where the expressions after llama3 differ from it.
struct Expression {
  bool contractions = true;      // words of their own or, with cases, at the end of words
  bool cases = false;            // a word is upper case followed by lower case
  bool marks_in_words = false;   // \p{M} counts as \p{L}
  std::size_t most_numbers = 3;  // in a row
  bool newlines_at_end = true;   // after symbols
  bool slashes_at_end = false;   // among these newlines
};

constexpr Expression expression_of(PreTokenizer kind) noexcept {
  switch (kind) {
    case PreTokenizer::qwen2:
      return {.most_numbers = 1};
    case PreTokenizer::qwen35:
      return {.marks_in_words = true, .most_numbers = 1};
    case PreTokenizer::seed_coder:
      return {.most_numbers = 1, .newlines_at_end = false};
    case PreTokenizer::gpt4o:
      return {.cases = true, .slashes_at_end = true};
    case PreTokenizer::tekken:
      return {.contractions = false, .cases = true, .most_numbers = 1, .slashes_at_end = true};
    default:
      return {};
  }
}

/// Tries the alternatives of an expression in order. All positions are byte offsets.
class Scanner {
 public:
  Scanner(std::string_view text, PreTokenizer kind, const CharacterClasses& classes,
          bool prefixed) noexcept
      : text_(text, classes), kind_(kind), expression_(expression_of(kind)), prefixed_(prefixed) {}

  [[nodiscard]] std::size_t first_word() const noexcept;

  [[nodiscard]] bool saw_end() const noexcept { return text_.saw_end(); }

 private:
  [[nodiscard]] Character at(std::size_t position) const noexcept { return text_.at(position); }

  template <typename Belongs>
  [[nodiscard]] std::size_t run(std::size_t position, Belongs belongs) const noexcept {
    return text_.run(position, belongs);
  }
  /// Whether a word can consist of it.
  [[nodiscard]] bool is_word(const Character& c) const noexcept {
    return c.is_letter() || (expression_.marks_in_words && c.is(CharacterClass::mark));
  }
  [[nodiscard]] std::size_t letters(std::size_t position) const noexcept {
    return run(position, [this](const Character& c) { return is_word(c); });
  }
  [[nodiscard]] std::size_t numbers(std::size_t position, std::size_t most) const noexcept;

  // Each alternative returns the end of its match from the start of the text, or 0.
  [[nodiscard]] std::size_t gpt2() const noexcept;
  [[nodiscard]] std::size_t llama3() const noexcept;
  [[nodiscard]] std::size_t word_after_any() const noexcept;
  [[nodiscard]] std::size_t cased_word() const noexcept;
  [[nodiscard]] std::size_t cased_letters(std::size_t begin, bool upper_alone) const noexcept;
  [[nodiscard]] std::size_t symbols() const noexcept;
  [[nodiscard]] std::size_t spaces_to_newline() const noexcept;
  [[nodiscard]] std::size_t spaces() const noexcept;
  [[nodiscard]] std::size_t contraction(std::size_t position, bool any_case) const noexcept;

  /// For smollm, a number ends the text that the expression sees.
  [[nodiscard]] bool ends_text(const Character& c) const noexcept {
    return !c.exists() || (kind_ == PreTokenizer::smollm && c.is_number());
  }

  CharacterReader text_;
  PreTokenizer kind_;
  Expression expression_;
  bool prefixed_;
};

std::size_t Scanner::first_word() const noexcept {
  if (kind_ == PreTokenizer::gpt2 || kind_ == PreTokenizer::smollm) return gpt2();
  return llama3();
}

std::size_t Scanner::gpt2() const noexcept {
  if (const std::size_t end = contraction(0, false); end > 0 && !prefixed_) return end;
  const Character first = at(0);
  if (kind_ == PreTokenizer::smollm && first.is_number()) return first.length;
  std::size_t begin = 0;
  Character c = first;
  if (first.is_plain_space()) {
    const Character next = at(1);
    if (!ends_text(next) && !next.is_space()) {
      begin = 1;
      c = next;
    }
  }
  if (c.is_letter()) return letters(begin);
  if (c.is_number()) return numbers(begin, text_.size());
  if (c.is_symbol()) return run(begin, [](const Character& s) { return s.is_symbol(); });
  return spaces();
}

std::size_t Scanner::llama3() const noexcept {
  std::size_t end = 0;
  if (expression_.cases) {
    end = cased_word();
  } else {
    end = contraction(0, true);
    if (end == 0) end = word_after_any();
  }
  if (end == 0) end = numbers(0, expression_.most_numbers);
  if (end == 0) end = symbols();
  if (end == 0) end = spaces_to_newline();
  return end > 0 ? end : spaces();
}

/// [^\r\n\p{L}\p{N}]?\p{L}+, or with [\p{L}\p{M}]+: a mark at the beginning belongs to the word
/// either way.
std::size_t Scanner::word_after_any() const noexcept {
  const Character first = at(0);
  if (is_word(first)) return letters(0);
  if (first.is_newline() || first.is_number()) return 0;
  const std::size_t end = letters(first.length);
  return end > first.length ? end : 0;
}

/// With U for may_lead_word and L for may_end_word: [^\r\n\p{L}\p{N}]?U*L+ or else
/// [^\r\n\p{L}\p{N}]?U+L*, and a contraction.
std::size_t Scanner::cased_word() const noexcept {
  const Character first = at(0);
  if (first.is_newline() || first.is_number()) return 0;
  std::size_t end =
      cased_letters(first.is_letter() ? 0 : first.length, !first.is(CharacterClass::mark));
  // A mark can be the optional first character or belong to the word; the former is tried first.
  if (end == 0 && first.is(CharacterClass::mark)) end = cased_letters(0, false);
  if (end == 0 || !expression_.contractions) return end;
  const std::size_t contracted = contraction(end, true);
  return contracted > 0 ? contracted : end;
}

/// U*L+ from `begin` on, otherwise U+ if `upper_alone`. (U+L* adds nothing: with an L, the first
/// expression would have matched.)
std::size_t Scanner::cased_letters(std::size_t begin, bool upper_alone) const noexcept {
  std::size_t lead = begin;
  std::size_t last_of_both = begin;  // end of the last character that can also end a word
  for (Character c = at(lead); c.may_lead_word(); c = at(lead)) {
    lead += c.length;
    if (c.may_end_word()) last_of_both = lead;
  }
  const std::size_t end = run(lead, [](const Character& c) { return c.may_end_word(); });
  if (end > lead) return end;
  // U* backtracks to give L+ its last character that is both; whatever follows it is not matched.
  if (last_of_both > begin) return last_of_both;
  return upper_alone && lead > begin ? lead : 0;
}

std::size_t Scanner::numbers(std::size_t position, std::size_t most) const noexcept {
  std::size_t count = 0;
  return run(position, [&](const Character& c) { return c.is_number() && count++ < most; });
}

///  ?[^\s\p{L}\p{N}]+[\r\n]*
std::size_t Scanner::symbols() const noexcept {
  const std::size_t begin = at(0).is_plain_space() ? 1 : 0;
  const auto is_symbol = [this](const Character& c) { return c.is_symbol() && !is_word(c); };
  const std::size_t end = run(begin, is_symbol);
  if (end == begin) return 0;
  if (!expression_.newlines_at_end) return end;
  const bool slashes = expression_.slashes_at_end;
  return run(end, [&](const Character& c) { return c.is_newline() || (slashes && c.code == '/'); });
}

/// \s*[\r\n]+, which ends after the last newline among the spaces.
std::size_t Scanner::spaces_to_newline() const noexcept {
  std::size_t end = 0;
  std::size_t position = 0;
  for (Character c = at(0); c.is_space(); c = at(position)) {
    position += c.length;
    if (c.is_newline()) end = position;
  }
  return end;
}

/// \s+(?!\S)|\s+: all spaces at the end of the text; elsewhere all but the last, or a single one.
/// Spaces include the prefix.
std::size_t Scanner::spaces() const noexcept {
  std::size_t position = 0;
  std::size_t before_last = 0;
  Character c = at(0);
  for (; c.is_space(); c = at(position)) {
    before_last = position;
    position += c.length;
  }
  if (ends_text(c) || (before_last == 0 && !prefixed_)) return position;
  return before_last;
}

/// 's|'t|'re|'ve|'m|'ll|'d. Ignoring case, the long s (U+017F) also counts as an s.
std::size_t Scanner::contraction(std::size_t position, bool any_case) const noexcept {
  if (at(position).code != '\'' || !at(position).exists()) return 0;
  const auto letter = [&](const Character& c) -> char32_t {
    if (!c.exists()) return 0;
    if (any_case && c.code == 0x17F) return 's';
    return any_case && c.code >= 'A' && c.code <= 'Z' ? c.code + ('a' - 'A') : c.code;
  };
  const Character first = at(position + 1);
  const std::size_t after_first = position + 1 + first.length;
  const char32_t a = letter(first);
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return after_first;
  const Character second = at(after_first);
  const char32_t b = letter(second);
  const bool pair = (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l');
  return pair ? after_first + second.length : 0;
}

}  // namespace

std::size_t first_word(std::string_view text, PreTokenizer kind, const CharacterClasses& classes,
                       bool* saw_end, bool prefixed) noexcept {
  const Scanner scanner(text, kind, classes, prefixed);
  const std::size_t size = scanner.first_word();
  if (saw_end != nullptr) *saw_end = scanner.saw_end();
  return size;
}

}  // namespace ringlet

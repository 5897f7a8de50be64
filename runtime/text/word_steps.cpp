#include "text/word_steps.hpp"

#include "text/character_reader.hpp"
#include "text/pre_tokenizer.hpp"
#include "text/word_matches.hpp"

namespace ringlet {
namespace {

// The lower bits of a step that splits at characters of one class: what happens to these
// separators.
enum class Separator : std::uint8_t { isolated, removed, with_previous, with_next, contiguous };

constexpr std::uint8_t first_separator = static_cast<std::uint8_t>(WordStep::punctuation_isolated);
constexpr std::uint8_t first_number = static_cast<std::uint8_t>(WordStep::number_isolated);

/// SplitDelimiterBehavior of Hugging Face's tokenizers (tokenizer/normalizer.rs), seen from the
/// start of a text: in a run of separators, only the one next to other text joins it.
StepWord cut_at_separators(const CharacterReader& text, std::uint8_t step) noexcept {
  const auto kind = static_cast<Separator>(step & 7);
  StepWord word;
  bool is_first_separator = false;
  for (Character c = text.at(0); c.exists(); c = text.at(word.size)) {
    const bool separates = step < first_number ? c.is_punctuation() : c.is_number();
    if (word.size == 0) {
      is_first_separator = separates;
      word.is_removed = separates && kind == Separator::removed;
    } else if (separates != (is_first_separator && kind == Separator::contiguous)) {
      if (separates && kind == Separator::with_previous) word.size += c.length;
      break;
    }
    word.size += c.length;
    if (separates && kind < Separator::with_next) break;
  }
  return word;
}

/// At most `most` bytes of a text, without a character that would be cut.
std::string_view beginning_of(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  std::size_t size = most;
  const auto continues = [&] { return (static_cast<std::uint8_t>(text[size]) & 0xC0) == 0x80; };
  while (size > most - 4 && continues()) --size;
  return {text.data(), size};
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The first three digits in a row, or the text before them.
std::size_t cut_at_triples(std::string_view text) noexcept {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    digits = is_digit(text[i]) ? digits + 1 : 0;
    if (digits == 3) return i == 2 ? 3 : i - 2;
  }
  return text.size();
}

/// In GPT-2's byte alphabet, the letters that are numbers represent the digits and ², ³, ¹, ¼, ½, ¾
/// of Latin-1, which are continuation bytes in UTF-8.
bool is_number_byte(char c) noexcept {
  constexpr std::uint32_t latin = 1U << 0x02 | 1U << 0x03 | 1U << 0x09 | 7U << 0x0C;
  const unsigned above = static_cast<std::uint8_t>(c) - 0xB0U;
  return is_digit(c) || (above < 16 && (latin >> above & 1) != 0);
}

/// The first word if the text ends here.
StepWord word_of(std::string_view text, std::span<const std::uint8_t> steps,
                 const CharacterClasses& classes) noexcept {
  StepWord word{.size = text.size(), .saw_end = true};
  bool is_open = true;  // the word so far ends at the end of the text
  bool looked_on = false;
  for (const std::uint8_t step : steps) {
    if (step == static_cast<std::uint8_t>(WordStep::bytes) || word.is_removed) break;
    const std::string_view part(text.data(), word.size);
    bool saw_end = false;
    const bool isolates = isolates_matches(static_cast<WordStep>(step));
    if (isolates || step >= first_separator) {
      const CharacterReader reader(part, classes);
      if (isolates) {
        word.size = first_match_or_gap(reader, static_cast<WordStep>(step));
      } else {
        word = cut_at_separators(reader, step);
      }
      is_open = is_open && reader.saw_end();
      continue;
    }
    if (step == static_cast<std::uint8_t>(WordStep::triples)) {
      word.size = cut_at_triples(part);
      saw_end = true;
    } else {
      word.size = first_word(part, static_cast<PreTokenizer>(step), classes, &saw_end);
    }
    looked_on = looked_on || (is_open && saw_end);
    is_open = is_open && saw_end;
  }
  word.saw_end = looked_on || is_open;
  return word;
}

}  // namespace

// A step may look for its next match to the end of a text, of which a later step then cuts off a
// short word. So that a text takes time in proportion to its size, the steps see its beginning
// first, and more of it only if that could change the word.
StepWord first_step_word(std::string_view text, std::span<const std::uint8_t> steps,
                         const CharacterClasses& classes) noexcept {
  for (std::size_t most = 64;; most *= 4) {
    const std::string_view beginning = beginning_of(text, most);
    const StepWord word = word_of(beginning, steps, classes);
    if (beginning.size() == text.size() || !word.saw_end) return word;
  }
}

std::size_t first_step_part(std::string_view word, std::span<const std::uint8_t> steps) noexcept {
  std::size_t size = word.size();
  bool in_bytes = false;
  for (const std::uint8_t step : steps) {
    if (in_bytes && step == static_cast<std::uint8_t>(WordStep::triples)) {
      size = cut_at_triples({word.data(), size});
    } else if (in_bytes) {
      const bool is_number = is_number_byte(word.front());
      std::size_t end = 1;
      while (end < size && is_number_byte(word[end]) == is_number) ++end;
      size = is_number && step == static_cast<std::uint8_t>(WordStep::number_isolated) ? 1 : end;
    }
    in_bytes = in_bytes || step == static_cast<std::uint8_t>(WordStep::bytes);
  }
  return size;
}

}  // namespace ringlet

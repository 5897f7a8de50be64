#include "text/word_split.hpp"

#include "base/features.hpp"
#include "text/word_steps.hpp"

namespace ringlet {
namespace {

/// SentencePiece's symbol for a space, which also means a space in a text. Searching its bytes is
/// safe: the first one can only begin a character.
constexpr std::string_view visible_space = "\xE2\x96\x81";

/// Size in bytes of the space at the start of a text; 0 if there is none.
std::size_t leading_space(std::string_view text) noexcept {
  if (!text.empty() && text.front() == ' ') return 1;
  constexpr std::size_t size = visible_space.size();
  return text.size() >= size && std::string_view(text.data(), size) == visible_space ? size : 0;
}

}  // namespace

Word WordSplit::first(std::string_view text, bool prefixed) const noexcept {
  if (!features::byte_pairs) return first_spaced_word(text, vocabulary_.splits_before_space, false);
  const bool spaces = vocabulary_.pre_tokenizer == PreTokenizer::spaces;
  if (spaces || (vocabulary_.pre_tokenizer == PreTokenizer::none && !vocabulary_.byte_level)) {
    return first_spaced_word(text, spaces || vocabulary_.splits_before_space, spaces);
  }
  if (vocabulary_.pre_tokenizer == PreTokenizer::none) return {text.size(), text.size(), true};
  if (vocabulary_.pre_tokenizer == PreTokenizer::steps) {
    const StepWord word = first_step_word(text, vocabulary_.word_steps, vocabulary_.classes);
    return {word.size, word.is_removed ? 0 : word.size, word.saw_end};
  }
  bool saw_end = false;
  const std::size_t size =
      first_word(text, vocabulary_.pre_tokenizer, vocabulary_.classes, &saw_end, prefixed);
  return {size, size, saw_end};
}

std::size_t WordSplit::first_part(std::string_view word) const noexcept {
  return first_step_part(word, vocabulary_.word_steps);
}

bool WordSplit::wants_prefix(std::string_view text) const noexcept {
  if (!vocabulary_.add_space_prefix || !vocabulary_.prefix_unless_space) {
    return vocabulary_.add_space_prefix;
  }
  return vocabulary_.is_byte_level() ? text.empty() || text.front() != ' '
                                     : leading_space(text) == 0;
}

std::size_t WordSplit::copy(std::string_view source, bool prefix, bool beginning,
                            std::span<char> out) const noexcept {
  std::size_t size = 0;
  bool space_waits = prefix;
  bool in_text = !beginning;
  if (features::byte_pairs && source.empty() && prefix) out[size++] = ' ';
  while (!source.empty()) {
    const std::size_t space = vocabulary_.byte_level ? 0 : leading_space(source);
    if (space > 0 && vocabulary_.collapse_spaces) {
      space_waits = space_waits || in_text;
    } else {
      if (space_waits) out[size++] = ' ';
      space_waits = false;
      in_text = true;
      out[size++] = space > 0 ? ' ' : source.front();
    }
    source.remove_prefix(space > 0 ? space : 1);
  }
  return size;
}

Word first_spaced_word(std::string_view text, bool splits_before_space, bool each_space) noexcept {
  Word word;
  bool in_letters = false;
  while (word.source_bytes < text.size()) {
    std::string_view rest = text;
    rest.remove_prefix(word.source_bytes);
    const std::size_t space = leading_space(rest);
    if (space > 0 && in_letters && splits_before_space) break;
    in_letters = space == 0 || each_space;
    word.source_bytes += space > 0 ? space : 1;
    ++word.encoded_bytes;
  }
  word.saw_end = word.source_bytes == text.size();
  return word;
}

}  // namespace ringlet

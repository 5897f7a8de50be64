#include "text/normalizer.hpp"

#include "base/double_array.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t composes_back = 256;
constexpr std::uint32_t class_bits = 0xFF;

// The code points of a part with their combining classes: code << 8 | class. Bytes that are not
// UTF-8 are numbered after the last code point.
constexpr std::size_t most_codes = Normalizer::longest_part / 4;
constexpr char32_t first_raw_byte = 0x110000;

char32_t code_of(std::uint32_t mark) noexcept { return mark >> 8; }
std::uint32_t class_of(std::uint32_t mark) noexcept { return mark & class_bits; }

/// Removes and returns the first character.
char32_t take_code(std::string_view& text) noexcept {
  const std::size_t length = utf8_first_character(text);
  const char32_t code = utf8_code_point({text.data(), length});
  const auto byte = static_cast<std::uint8_t>(text.front());
  text = {text.data() + length, text.size() - length};
  return code == no_code_point ? first_raw_byte + byte : code;
}

std::size_t write_code(char32_t code, char* out) noexcept {
  if (code < 0x80 || code >= first_raw_byte) {
    out[0] = static_cast<char>(code < 0x80 ? code : code - first_raw_byte);
    return 1;
  }
  const std::size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (std::size_t i = length - 1; i > 0; --i, code >>= 6) {
    out[i] = static_cast<char>(0x80 | (code & 0x3F));
  }
  out[0] = static_cast<char>((0xF00U >> length & 0xFFU) | code);
  return length;
}

/// The Hangul syllable of two or three letters is computed (Unicode 15, section 3.12). Returns 0
/// for characters that form none.
char32_t hangul_syllable(char32_t first, char32_t second) noexcept {
  constexpr char32_t leads = 0x1100, vowels = 0x1161, tails = 0x11A7, syllables = 0xAC00;
  constexpr char32_t lead_count = 19, vowel_count = 21, tail_count = 28;
  if (first - leads < lead_count && second - vowels < vowel_count) {
    return syllables + ((first - leads) * vowel_count + (second - vowels)) * tail_count;
  }
  const char32_t syllable = first - syllables;
  const bool open = syllable < lead_count * vowel_count * tail_count && syllable % tail_count == 0;
  return open && second - tails - 1 < tail_count - 1 ? first + (second - tails) : 0;
}

/// Stable insertion by combining class. Characters of class 0 do not move.
void insert_ordered(std::span<std::uint32_t> marks, std::size_t count,
                    std::uint32_t mark) noexcept {
  std::size_t at = count;
  while (class_of(mark) != 0 && at > 0 && class_of(marks[at - 1]) > class_of(mark)) {
    marks[at] = marks[at - 1];
    --at;
  }
  marks[at] = mark;
}

}  // namespace

/// Replaces the longest sequence in the table, or keeps one character.
Normalizer::Step Normalizer::replace(std::string_view text) const noexcept {
  Step step;
  std::uint32_t at = double_array::offset(tables_.trie[0]);
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    at ^= byte;
    const std::uint32_t unit = tables_.trie[at];
    if (double_array::label(unit) != byte) break;
    at ^= double_array::offset(unit);
    if (!double_array::has_value(unit)) continue;
    found = double_array::value(tables_.trie[at]);
    step.source_bytes = i + 1;
  }
  if (step.source_bytes > 0) {
    step.text = tables_.replacements + found;
  } else {
    step.source_bytes = utf8_first_character(text);
    step.text = {text.data(), step.source_bytes};
  }
  return step;
}

std::uint32_t Normalizer::combining(char32_t code) const noexcept {
  std::size_t low = 0;
  std::size_t high = code < 0x80 || code >= first_raw_byte ? 0 : tables_.combining.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (tables_.combining[middle] >> 9 <= code) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? 0 : tables_.combining[low - 1] & (composes_back | class_bits);
}

/// Returns the composition of two characters, or 0.
char32_t Normalizer::composed(char32_t first, char32_t second) const noexcept {
  const std::uint64_t pair = (std::uint64_t{first} << 21 | second) << 21;
  std::size_t low = 0;
  std::size_t high = tables_.compositions.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (tables_.compositions[middle] < pair) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < tables_.compositions.size() && tables_.compositions[low] >> 21 == pair >> 21) {
    return static_cast<char32_t>(tables_.compositions[low] & 0x1FFFFF);
  }
  return hangul_syllable(first, second);
}

/// Whether the start of `text` cannot interact with anything before it, by reordering or
/// composition. False for an empty text.
bool Normalizer::begins_part(std::string_view text) const noexcept {
  return !text.empty() && combining(take_code(text)) == 0;
}

/// Composes in place and returns the number of remaining code points. A mark composes with the last
/// character of class 0 unless a mark of the same or a higher class is between them.
std::size_t Normalizer::compose(std::span<std::uint32_t> marks) const noexcept {
  std::size_t count = 0;
  std::size_t starter = marks.size();  // none yet
  for (const std::uint32_t mark : marks) {
    const bool adjacent = starter + 1 == count;
    if (starter < count && (adjacent || class_of(marks[count - 1]) < class_of(mark))) {
      const char32_t code = composed(code_of(marks[starter]), code_of(mark));
      if (code != 0) {
        marks[starter] = static_cast<std::uint32_t>(code << 8);
        continue;
      }
    }
    if (class_of(mark) == 0) starter = count;
    marks[count++] = mark;
  }
  return count;
}

Normalizer::Part Normalizer::composed_part(std::string_view text,
                                           std::span<char> out) const noexcept {
  std::uint32_t marks[most_codes];
  std::size_t count = 0;
  Part part;
  while (part.source_bytes < text.size()) {
    Step step = replace({text.data() + part.source_bytes, text.size() - part.source_bytes});
    const bool fits = count + step.text.size() <= most_codes;
    if (part.source_bytes > 0 && (!fits || begins_part(step.text))) break;
    part.source_bytes += step.source_bytes;
    while (!step.text.empty() && count < most_codes) {
      const char32_t code = take_code(step.text);
      const std::uint32_t kind = combining(code) & class_bits;
      insert_ordered(marks, count++, static_cast<std::uint32_t>(code << 8) | kind);
    }
  }
  count = compose({marks, count});
  for (std::size_t i = 0; i < count; ++i) {
    char bytes[4];
    const std::size_t length = write_code(code_of(marks[i]), bytes);
    for (std::size_t k = 0; k < length; ++k, ++part.normal_bytes) {
      if (part.normal_bytes < out.size()) out[part.normal_bytes] = bytes[k];
    }
  }
  return part;
}

Normalizer::Part Normalizer::first_part(std::string_view text, std::span<char> out) const noexcept {
  if (!tables_.combining.empty()) return composed_part(text, out);
  const Step step = replace(text);
  for (std::size_t i = 0; i < step.text.size() && i < out.size(); ++i) out[i] = step.text[i];
  return {step.source_bytes, step.text.size()};
}

}  // namespace ringlet

// Writes the tables derived from Unicode's data to standard output, as a C++ header. It runs when
// the converter is built, so that the converter itself needs no library for them.
#include <utf8proc.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "text/character_classes.hpp"

namespace {

using ringlet::CharacterClass;

constexpr char32_t code_points = 0x110000;

/// Property White_Space: separators, and control characters that are white space.
bool is_space(char32_t code, utf8proc_category_t category) {
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || (code >= 9 && code <= 13) || code == 0x85;
}

/// Punctuation added to Unicode after version 8 (DerivedAge.txt), the version that Hugging Face's
/// tokenizers use for punctuation.
bool is_later_punctuation(char32_t code) {
  static constexpr char32_t ranges[][2] = {
      {0x61D, 0x61D},     {0x9FD, 0x9FD},     {0xA76, 0xA76},     {0xC77, 0xC77},
      {0xC84, 0xC84},     {0x1B7D, 0x1B7E},   {0x2E43, 0x2E4F},   {0x2E52, 0x2E5D},
      {0x10EAD, 0x10EAD}, {0x10F55, 0x10F59}, {0x10F86, 0x10F89}, {0x1144B, 0x1144F},
      {0x1145A, 0x1145D}, {0x11660, 0x1166C}, {0x116B9, 0x116B9}, {0x1183B, 0x1183B},
      {0x11944, 0x11946}, {0x119E2, 0x119E2}, {0x11A3F, 0x11A46}, {0x11A9A, 0x11AA2},
      {0x11B00, 0x11B09}, {0x11C41, 0x11C45}, {0x11C70, 0x11C71}, {0x11EF7, 0x11EF8},
      {0x11F43, 0x11F4F}, {0x11FFF, 0x11FFF}, {0x12FF1, 0x12FF2}, {0x16E97, 0x16E9A},
      {0x16FE2, 0x16FE2}, {0x1E95E, 0x1E95F}};
  for (const auto& range : ranges) {
    if (code >= range[0] && code <= range[1]) return true;
  }
  return false;
}

/// Characters that were punctuation in version 8 but no longer are.
bool is_former_punctuation(char32_t code) { return code == 0x166D || code == 0x111C9; }

CharacterClass class_of(char32_t code) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  if (is_space(code, category)) return CharacterClass::space;
  switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return CharacterClass::uppercase;
    case UTF8PROC_CATEGORY_LL:
      return CharacterClass::lowercase;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return CharacterClass::letter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return CharacterClass::mark;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharacterClass::number;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return CharacterClass::punctuation;
    default:
      return CharacterClass::other;
  }
}

CharacterClass unchanged(CharacterClass kind, char32_t /*code*/) { return kind; }

CharacterClass with_old_punctuation(CharacterClass kind, char32_t code) {
  if (is_later_punctuation(code)) return CharacterClass::other;
  return is_former_punctuation(code) ? CharacterClass::punctuation : kind;
}

CharacterClass without_punctuation(CharacterClass kind, char32_t /*code*/) {
  return kind == CharacterClass::punctuation ? CharacterClass::other : kind;
}

CharacterClass without_cases(CharacterClass kind, char32_t code) {
  if (kind == CharacterClass::uppercase || kind == CharacterClass::lowercase) {
    return CharacterClass::letter;
  }
  return kind == CharacterClass::mark ? CharacterClass::other : without_punctuation(kind, code);
}

CharacterClass with_symbols(CharacterClass kind, char32_t code) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return CharacterClass::punctuation;
    default:
      break;
  }
  if (kind == CharacterClass::mark || kind == CharacterClass::uppercase ||
      kind == CharacterClass::lowercase) {
    return CharacterClass::letter;
  }
  return kind;
}

std::vector<std::uint32_t> character_class_ranges(CharacterClass (*reduced)(CharacterClass,
                                                                            char32_t)) {
  std::vector<std::uint32_t> ranges;
  for (char32_t code = 0; code < code_points; ++code) {
    const CharacterClass kind = reduced(class_of(code), code);
    const auto number = static_cast<std::uint32_t>(kind);
    if (ranges.empty() || (ranges.back() & 7) != number) {
      ranges.push_back(static_cast<std::uint32_t>(code) << 3 | number);
    }
  }
  return ranges;
}

using Codes = std::vector<std::uint32_t>;

bool is_hangul_syllable(char32_t code) { return code >= 0xAC00 && code < 0xAC00 + 11172; }

bool is_surrogate(char32_t code) { return code >= 0xD800 && code < 0xE000; }

/// The full decomposition, canonical or compatibility.
Codes decomposition(char32_t code, bool compatibility) {
  const int options =
      UTF8PROC_DECOMPOSE | (compatibility ? UTF8PROC_COMPAT : static_cast<utf8proc_option_t>(0));
  utf8proc_int32_t codes[64];
  int boundary = 0;
  const auto size = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code), codes, 64,
                                            static_cast<utf8proc_option_t>(options), &boundary);
  return {codes, codes + (size > 0 && size <= 64 ? size : 0)};
}

/// For every character with a decomposition: the character, the number of characters that it
/// becomes, and these. Hangul syllables are omitted, because composition restores them.
Codes decompositions(bool compatibility) {
  Codes list;
  for (char32_t code = 0; code < code_points; ++code) {
    if (is_hangul_syllable(code) || is_surrogate(code)) continue;
    const Codes parts = decomposition(code, compatibility);
    if (parts.size() == 1 && parts[0] == code) continue;
    list.push_back(code);
    list.push_back(static_cast<std::uint32_t>(parts.size()));
    list.insert(list.end(), parts.begin(), parts.end());
  }
  return list;
}

/// The character that a canonical decomposition composes to, or 0.
std::uint32_t composed(Codes codes) {
  if (codes.size() == 1) return codes[0];
  std::vector<utf8proc_int32_t> work(codes.begin(), codes.end());
  const auto size =
      utf8proc_normalize_utf32(work.data(), static_cast<utf8proc_ssize_t>(work.size()),
                               static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  return size == 1 ? static_cast<std::uint32_t>(work[0]) : 0;
}

/// Three numbers for each pair that composes: both characters and the result. Characters that their
/// own decomposition does not restore are excluded from composition.
Codes compositions() {
  Codes list;
  for (char32_t code = 0; code < code_points; ++code) {
    if (is_hangul_syllable(code) || is_surrogate(code)) continue;
    Codes parts = decomposition(code, false);
    if (parts.size() < 2 || composed(parts) != code) continue;
    const std::uint32_t second = parts.back();
    parts.pop_back();
    list.insert(list.end(), {composed(parts), second, static_cast<std::uint32_t>(code)});
  }
  return list;
}

/// The ranges of schema table Normalizer.
Codes combining_ranges(const Codes& pairs) {
  std::vector<bool> composes_back(code_points, false);
  for (std::size_t i = 0; i < pairs.size(); i += 3) composes_back[pairs[i + 1]] = true;
  for (char32_t code = 0x1161; code < 0x1161 + 21; ++code) composes_back[code] = true;
  for (char32_t code = 0x11A8; code < 0x11A8 + 27; ++code) composes_back[code] = true;
  Codes ranges;
  for (char32_t code = 0; code < code_points; ++code) {
    const auto property = utf8proc_get_property(static_cast<utf8proc_int32_t>(code));
    const auto combining = static_cast<std::uint32_t>(property->combining_class);
    const std::uint32_t kind = combining | (composes_back[code] ? 256U : 0U);
    if (ranges.empty() || (ranges.back() & 511) != kind) {
      ranges.push_back(static_cast<std::uint32_t>(code) << 9 | kind);
    }
  }
  return ranges;
}

/// In the format of decompositions: every character that has a lower case, and that. One of these
/// becomes two characters.
Codes lower_case() {
  constexpr char32_t capital_i_with_dot = 0x130;
  Codes list;
  for (char32_t code = 0; code < code_points; ++code) {
    const auto lower =
        static_cast<std::uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code)));
    if (code == capital_i_with_dot) {
      list.insert(list.end(), {capital_i_with_dot, 2, 'i', 0x307});
    } else if (lower != code) {
      list.insert(list.end(), {static_cast<std::uint32_t>(code), 1, lower});
    }
  }
  return list;
}

void write(const char* name, const Codes& numbers) {
  std::printf("inline constexpr std::uint32_t %s[] = {", name);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::printf("%s%u,", i % 12 == 0 ? "\n    " : " ", numbers[i]);
  }
  std::printf("\n};\n");
}

}  // namespace

int main() {
  std::printf("// From Unicode %s, by make_unicode_tables.\n#pragma once\n#include <cstdint>\n",
              utf8proc_unicode_version());
  write("all_classes", character_class_ranges(with_old_punctuation));
  write("todays_classes", character_class_ranges(unchanged));
  write("classes_with_symbols", character_class_ranges(with_symbols));
  write("classes_with_cases", character_class_ranges(without_punctuation));
  write("classes_without_cases", character_class_ranges(without_cases));
  write("canonical_decompositions", decompositions(false));
  write("compatibility_decompositions", decompositions(true));
  const Codes pairs = compositions();
  write("composition_triples", pairs);
  write("combining_class_ranges", combining_ranges(pairs));
  write("lower_cases", lower_case());
  return std::ferror(stdout) != 0 ? 1 : 0;
}

// Writes the tables that come from Unicode's data, as a C++ header, to standard output. It runs
// where the converter is built, so that the converter itself needs no library for them.
#include <utf8proc.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "text/character_classes.hpp"

namespace {

using ringlet::CharacterClass;

constexpr char32_t code_points = 0x110000;

/// Property White_Space: separators, and the controls that are space.
bool is_space(char32_t code, utf8proc_category_t category) {
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || (code >= 9 && code <= 13) || code == 0x85;
}

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
    default:
      return CharacterClass::other;
  }
}

CharacterClass without_cases(CharacterClass kind) {
  if (kind == CharacterClass::uppercase || kind == CharacterClass::lowercase) {
    return CharacterClass::letter;
  }
  return kind == CharacterClass::mark ? CharacterClass::other : kind;
}

std::vector<std::uint32_t> character_class_ranges(bool cases) {
  std::vector<std::uint32_t> ranges;
  for (char32_t code = 0; code < code_points; ++code) {
    const CharacterClass kind = cases ? class_of(code) : without_cases(class_of(code));
    const auto number = static_cast<std::uint32_t>(kind);
    if (ranges.empty() || (ranges.back() & 7) != number) {
      ranges.push_back(static_cast<std::uint32_t>(code) << 3 | number);
    }
  }
  return ranges;
}

void write(const char* name, const std::vector<std::uint32_t>& numbers) {
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
  write("classes_with_cases", character_class_ranges(true));
  write("classes_without_cases", character_class_ranges(false));
  return std::ferror(stdout) != 0 ? 1 : 0;
}

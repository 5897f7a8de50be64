// The parts of Unicode that the runtime needs, as compact tables for the model file. Generated from
// utf8proc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringlet::convert {

/// The distinctions that a table of character classes makes.
enum class Classes : std::uint8_t {
  letters,  // all letters are `letter`, marks and punctuation `other`: half of the ranges
  cases,    // upper and lower case, and marks
  all,      // also punctuation, that of Unicode 8
  today,    // also punctuation, that of the newest Unicode
  symbols,  // marks are `letter`, and symbols `punctuation`; no cases
};

/// The ranges of runtime/text/character_classes.hpp.
std::vector<std::uint32_t> character_class_ranges(Classes classes);

/// Characters with a decomposition, in UTF-8, and their full decompositions, canonical or
/// compatibility. Without Hangul syllables.
std::map<std::string, std::string> decompositions(bool compatibility);

/// Every character with a lower case, and that.
std::map<std::string, std::string> lower_case();

/// The fields `combining` and `compositions` of schema table Normalizer.
std::vector<std::uint32_t> combining_ranges();
std::vector<std::uint64_t> compositions();

}  // namespace ringlet::convert

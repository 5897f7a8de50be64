// What the runtime needs to know of Unicode, as compact tables for the model file. From utf8proc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringlet::convert {

/// What a table of character classes tells apart.
enum class Classes : std::uint8_t {
  letters,  // all letters are `letter`, marks and punctuation `other`: half of the ranges
  cases,    // upper and lower case, and marks
  all,      // punctuation as well
};

/// The ranges of runtime/text/character_classes.hpp.
std::vector<std::uint32_t> character_class_ranges(Classes classes);

/// Characters that are decomposed, in UTF-8, and their full decompositions: canonical, or for
/// compatibility too. Without Hangul's syllables.
std::map<std::string, std::string> decompositions(bool compatibility);

/// Every character that has one, and its lower case.
std::map<std::string, std::string> lower_case();

/// The fields `combining` and `compositions` of schema table Normalizer.
std::vector<std::uint32_t> combining_ranges();
std::vector<std::uint64_t> compositions();

}  // namespace ringlet::convert

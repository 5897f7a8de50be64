// What the runtime needs to know of Unicode, as compact tables for the model file. From utf8proc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringlet::convert {

/// The ranges of runtime/text/character_classes.hpp. Without `cases` all letters are `letter` and
/// marks are `other`, which is half of the ranges.
std::vector<std::uint32_t> character_class_ranges(bool cases);

/// Characters that are decomposed, in UTF-8, and their full decompositions: canonical, or for
/// compatibility too. Without Hangul's syllables.
std::map<std::string, std::string> decompositions(bool compatibility);

/// Every character that has one, and its lower case.
std::map<std::string, std::string> lower_case();

/// The fields `combining` and `compositions` of schema table Normalizer.
std::vector<std::uint32_t> combining_ranges();
std::vector<std::uint64_t> compositions();

}  // namespace ringlet::convert

// What the runtime needs to know of Unicode, as compact tables for the model file. From utf8proc.
#pragma once

#include <cstdint>
#include <vector>

namespace ringlet::convert {

/// The ranges of runtime/text/character_classes.hpp. Without `cases` all letters are `letter` and
/// marks are `other`, which is half of the ranges.
std::vector<std::uint32_t> character_class_ranges(bool cases);

}  // namespace ringlet::convert

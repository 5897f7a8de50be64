// Names as people say them: lower-case letters, digits and single spaces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ringlet::grammar {

/// The most bytes of a name.
inline constexpr std::size_t longest_spoken_name = 32;

/// A name as a model is taught them: lower case, Latin letters without their marks, "&" as "and",
/// and a space for other signs, emoji among them. Apostrophes and hyphens within words stay. Throws
/// port::Failure, quoting the name, if a letter has no Latin spelling, or if nothing is left or too
/// much.
[[nodiscard]] std::string spoken_name(std::string_view written);

}  // namespace ringlet::grammar

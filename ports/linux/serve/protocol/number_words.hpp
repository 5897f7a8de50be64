// Numbers as models spell them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringlet::serve {

/// The number in JSON, with all its digits: of JSON itself, or of Python ("1_000", ".5", "+1").
/// Nothing if the word is none. "007" is one only with `leading_zeros`.
[[nodiscard]] std::optional<std::string> number_in_json(std::string_view word,
                                                        bool leading_zeros = false);

}  // namespace ringlet::serve

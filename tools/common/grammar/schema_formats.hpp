// The formats of strings that the compiler knows as regular expressions.
#pragma once

#include <optional>
#include <string_view>

namespace ringlet::grammar {

/// The expression of `date`, `time`, `date-time`, `uuid` or `ipv4`, which matches the whole string;
/// nothing for other formats, which are annotations.
[[nodiscard]] std::optional<std::string_view> pattern_of_format(std::string_view format);

}  // namespace ringlet::grammar

// Escapes within the texts of calls.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::serve {

/// The text with its escapes of JSON and Python replaced. One that names no character ("\d") stays.
[[nodiscard]] std::string unescaped(std::string_view text);

}  // namespace ringlet::serve

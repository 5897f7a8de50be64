// Decoding of base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringlet::convert {

/// Empty if the text is not base64 of at least one byte.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ringlet::convert

// JSON for standard output.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ringlet::cli {

/// Indented JSON with a final newline. Bytes that are not UTF-8, which file names can contain,
/// become U+FFFD.
template <typename Json>
[[nodiscard]] std::string json_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ringlet::cli

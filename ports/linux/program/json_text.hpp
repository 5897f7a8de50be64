// JSON for standard output.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ringlet::cli {

/// The document as lines. What is not UTF-8 in it, a file name for example, has U+FFFD in the place
/// of each wrong byte.
template <typename Json>
[[nodiscard]] std::string json_text(const Json& document, int indent = 2) {
  return document.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ringlet::cli

// Names that people write with any capitals.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ringlet::pull {

/// ASCII letters only, in every locale.
[[nodiscard]] inline std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace ringlet::pull

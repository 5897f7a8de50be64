// Large numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace ringlet::port {

/// "3,145,728".
[[nodiscard]] inline std::string with_commas(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

}  // namespace ringlet::port

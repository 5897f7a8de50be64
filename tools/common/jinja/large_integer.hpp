// Integers beyond 64 bits in JSON values. Python keeps them, so templates print them; nlohmann's
// parser makes them floating point numbers, which lose digits. Here a binary value, which no JSON
// text has, stands for one and holds its spelling.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace ringlet::jinja {

[[nodiscard]] inline nlohmann::ordered_json json_of_large_integer(std::string_view spelling) {
  return nlohmann::ordered_json::binary({spelling.begin(), spelling.end()});
}

/// Whether the value stands for such an integer.
[[nodiscard]] inline bool is_large_integer(const nlohmann::ordered_json& json) {
  return json.is_binary();
}

[[nodiscard]] inline std::string spelling_of_large_integer(const nlohmann::ordered_json& json) {
  const auto& digits = json.get_binary();
  return {digits.begin(), digits.end()};
}

}  // namespace ringlet::jinja

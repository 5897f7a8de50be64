#include "entity_kinds.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringlet::grammar {

std::string_view kind_of_entity(std::string_view domain, std::string_view device_class) {
  using Pair = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Pair, 14> of_domain = {{{"light", "light"},
                                                      {"fan", "fan"},
                                                      {"switch", "switch"},
                                                      {"input_boolean", "switch"},
                                                      {"lock", "lock"},
                                                      {"valve", "valve"},
                                                      {"climate", "climate"},
                                                      {"media_player", "media"},
                                                      {"vacuum", "vacuum"},
                                                      {"sensor", "sensor"},
                                                      {"binary_sensor", "sensor"},
                                                      {"scene", "scene"},
                                                      {"todo", "list"},
                                                      {"cover", "blind"}}};
  static constexpr std::array<Pair, 7> of_cover = {{{"curtain", "curtain"},
                                                    {"shade", "shade"},
                                                    {"awning", "shade"},
                                                    {"shutter", "shutter"},
                                                    {"window", "window"},
                                                    {"garage", "garage"},
                                                    {"gate", "garage"}}};
  const auto find = [](const auto& pairs, std::string_view key) -> std::string_view {
    for (const auto& [name, kind] : pairs) {
      if (name == key) return kind;
    }
    return {};
  };
  if (domain != "cover") return find(of_domain, domain);
  if (device_class == "door" || device_class == "damper") return {};
  const std::string_view kind = find(of_cover, device_class);
  return kind.empty() ? find(of_domain, domain) : kind;
}

bool is_exposed_by_default(std::string_view domain, std::string_view device_class) {
  constexpr std::array<std::string_view, 8> sensors = {
      "aqi",         "carbon_monoxide",           "carbon_dioxide", "humidity", "pm10", "pm25",
      "temperature", "volatile_organic_compounds"};
  constexpr std::array<std::string_view, 7> binary = {"door",    "garage_door", "lock",  "motion",
                                                      "opening", "presence",    "window"};
  const auto is_one_of = [&](const auto& names) {
    return std::find(names.begin(), names.end(), device_class) != names.end();
  };
  if (domain == "sensor") return is_one_of(sensors);
  if (domain == "binary_sensor") return is_one_of(binary);
  return true;
}

}  // namespace ringlet::grammar

#include "home.hpp"

#include <algorithm>
#include <map>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

void check_number(const std::string& source, std::size_t number, std::size_t most,
                  const char* what) {
  if (number <= most) return;
  common::fail(source, ": has ", number, " ", what, "; a home has at most ", most,
               ", so leave some out");
}

/// Commands tell devices of one name apart by their areas.
void note_shared_names(Home& home) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> areas;
  for (const HomeDevice& device : home.devices) {
    areas[{device.kind, device.name.name}].push_back(device.area.empty() ? "the house"
                                                                         : device.area);
  }
  for (const auto& [thing, places] : areas) {
    if (places.size() < 2) continue;
    std::string list = places[0];
    for (std::size_t i = 1; i < places.size(); ++i) list += " and " + places[i];
    home.notes.push_back("the " + thing.first + " '" + thing.second + "' is in " + list +
                         "; a command has to name the area too");
  }
}

void add_words(const SpokenName& name, std::vector<std::string>& words) {
  words.push_back(name.name);
  words.insert(words.end(), name.aliases.begin(), name.aliases.end());
}

void add_devices(const Home& home, std::string_view area, std::string& text) {
  for (const std::string_view kind : device_kinds) {
    for (const HomeDevice& device : home.devices) {
      if (device.kind != kind || device.area != area) continue;
      text.append("<").append(kind).append(">").append(device.name.name);
    }
  }
}

}  // namespace

bool Home::has_area(std::string_view name) const {
  return std::any_of(areas.begin(), areas.end(),
                     [&](const SpokenName& area) { return area.name == name; });
}

void check_home(Home& home, const std::string& source) {
  if (home.devices.empty() && home.areas.empty()) {
    common::fail(source, ": has neither areas nor devices that a command could name");
  }
  check_number(source, home.devices.size(), Home::most_devices, "devices");
  check_number(source, home.areas.size(), Home::most_areas, "areas");
  check_number(source, home.floors.size(), Home::most_floors, "floors");
  note_shared_names(home);
}

std::vector<NamedWords> word_lists_of(const Home& home) {
  std::vector<NamedWords> lists;
  NamedWords areas{.name = "area", .words = {"all"}};
  for (const SpokenName& area : home.areas) add_words(area, areas.words);
  for (const SpokenName& floor : home.floors) add_words(floor, areas.words);
  lists.push_back(std::move(areas));
  for (const std::string_view kind : device_kinds) {
    NamedWords list{.name = std::string(kind), .words = {}};
    for (const HomeDevice& device : home.devices) {
      if (device.kind == kind) add_words(device.name, list.words);
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

std::string prompt_text_of(const Home& home) {
  std::string text;
  for (const SpokenName& floor : home.floors) text.append("<floor>").append(floor.name);
  add_devices(home, "", text);
  for (const SpokenName& area : home.areas) {
    text.append("<area>").append(area.name);
    add_devices(home, area.name, text);
  }
  return text;
}

}  // namespace ringlet::grammar

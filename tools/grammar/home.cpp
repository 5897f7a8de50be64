#include "home.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "common/errors.hpp"

namespace ringlet::grammar {
namespace {

void check_number(const std::string& source, std::size_t number, std::size_t most,
                  const char* what) {
  if (number <= most) return;
  common::fail(source, ": has ", number, " ", what, "; a home has at most ", most,
               ", so leave some out");
}

/// All words for a thing, each once.
std::set<std::string> words_of(const SpokenName& name) {
  std::set<std::string> words(name.aliases.begin(), name.aliases.end());
  words.insert(name.name);
  return words;
}

/// Commands tell devices of one name apart by their areas.
void note_shared_names(Home& home) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> places;
  for (const HomeDevice& device : home.devices) {
    for (const std::string& word : words_of(device.name)) {
      places[{device.kind, word}].push_back(device.area.empty() ? "the house" : device.area);
    }
  }
  for (const auto& [thing, areas] : places) {
    if (areas.size() < 2) continue;
    std::string note = "the " + thing.first + " '" + thing.second + "' is in " + areas[0];
    for (std::size_t i = 1; i < areas.size(); ++i) note += " and " + areas[i];
    const bool tells = std::set(areas.begin(), areas.end()).size() == areas.size();
    home.notes.push_back(note + (tells ? "; a command has to name the area too"
                                       : "; no command can tell them apart"));
  }
}

void note_shared_places(Home& home) {
  std::map<std::string, std::size_t> places;
  for (const auto* names : {&home.areas, &home.floors}) {
    for (const SpokenName& name : *names) {
      for (const std::string& word : words_of(name)) ++places[word];
    }
  }
  for (const auto& [word, count] : places) {
    if (count < 2 && word != "all") continue;
    home.notes.push_back("'" + word + "' is a word for several areas or floors");
  }
}

void add_words(const SpokenName& name, std::vector<std::string>& words) {
  words.push_back(name.name);
  words.insert(words.end(), name.aliases.begin(), name.aliases.end());
}

/// Adds what a part of a list's name stands for. Several lists can have a word, one list only once.
void add_part(const Home& home, const std::string& part, std::vector<std::string>& words) {
  std::vector<std::string> found;
  if (part == "area") {
    found.emplace_back("all");
    for (const SpokenName& area : home.areas) add_words(area, found);
    for (const SpokenName& floor : home.floors) add_words(floor, found);
  } else if (std::find(device_kinds.begin(), device_kinds.end(), part) == device_kinds.end()) {
    found.push_back(part);
  }
  for (const HomeDevice& device : home.devices) {
    if (device.kind == part) add_words(device.name, found);
  }
  for (std::string& word : found) {
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      words.push_back(std::move(word));
    }
  }
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
  note_shared_places(home);
}

std::vector<NamedWords> word_lists_of(const Home& home) {
  std::vector<std::string> names(device_kinds.begin(), device_kinds.end());
  names.insert(names.begin(), "area");
  return word_lists_of(home, names);
}

std::vector<NamedWords> word_lists_of(const Home& home, const std::vector<std::string>& names) {
  std::vector<NamedWords> lists;
  for (const std::string& name : names) {
    NamedWords list{.name = name, .words = {}};
    std::stringstream parts(name);
    for (std::string part; std::getline(parts, part, '+');) add_part(home, part, list.words);
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

// A home as spoken commands name it: what a grammar's lists and the prompt of a model are made of.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/grammar_file.hpp"

namespace ringlet::grammar {

/// Kinds of devices, in the order in which a text lists them. Each is the name of a list, and of
/// the token in front of a device.
inline constexpr std::array<std::string_view, 17> device_kinds = {
    "light", "fan",   "switch",  "curtain", "blind",  "shade",  "shutter", "window", "garage",
    "lock",  "valve", "climate", "media",   "vacuum", "sensor", "scene",   "list"};

/// What people call a thing. Other words for it are only in the lists.
struct SpokenName {
  std::string name{};
  std::vector<std::string> aliases{};
};

struct HomeDevice {
  std::string kind{};  // one of device_kinds
  std::string area{};  // the name of one of the areas; empty: none
  SpokenName name{};
};

struct Home {
  static constexpr std::size_t most_devices = 40;
  static constexpr std::size_t most_areas = 24;
  static constexpr std::size_t most_floors = 8;
  static constexpr std::size_t most_aliases = 8;  // of one thing

  std::vector<SpokenName> floors{};
  std::vector<SpokenName> areas{};
  std::vector<HomeDevice> devices{};
  std::vector<std::string> notes{};  // for the user

  [[nodiscard]] bool has_area(std::string_view name) const;
};

/// Throws port::Failure, naming the source, if there are more things than a model is taught, or
/// none. Notes words that several things share.
void check_home(Home& home, const std::string& source);

/// A list for each kind, and "area" with the areas, the floors and "all".
[[nodiscard]] std::vector<NamedWords> word_lists_of(const Home& home);

/// The lists of these names, which say what is in them: "light+fan+it" has the lights, the fans and
/// the word "it". A part that is no kind of device, nor "area", is a word.
[[nodiscard]] std::vector<NamedWords> word_lists_of(const Home& home,
                                                    const std::vector<std::string>& names);

/// The home as a model reads it: floors, devices without an area, and each area with its devices,
/// by kind: `<floor>upstairs<scene>movie night<area>kitchen<light>strip`.
[[nodiscard]] std::string prompt_text_of(const Home& home);

}  // namespace ringlet::grammar

#include "home_registries.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "common/errors.hpp"
#include "entity_kinds.hpp"
#include "home_assistant_store.hpp"
#include "spoken_name.hpp"

namespace ringlet::grammar {
namespace {

namespace fs = std::filesystem;

class Registries {
 public:
  explicit Registries(fs::path folder) : folder_(std::move(folder)) {}

  Home read() {
    if (is_there(folder_ / "core.floor_registry")) read_floors();
    read_areas();
    read_devices();
    if (is_there(folder_ / "homeassistant.exposed_entities")) {
      const StoredJson data = read_store(folder_ / "homeassistant.exposed_entities");
      const StoredJson& assist = member_of(member_of(data, "assistants"), "conversation");
      exposes_new_ = !assist.contains("expose_new") || flag_of(assist, "expose_new");
    }
    const std::vector<StoredJson> entities =
        entries_of(folder_ / "core.entity_registry", "entities");
    for (const StoredJson& entity : entities) read_entity(entity);
    std::stable_sort(
        home_.devices.begin(), home_.devices.end(),
        [](const HomeDevice& a, const HomeDevice& b) { return a.name.name < b.name.name; });
    note_left_out(entities.size());
    return std::move(home_);
  }

 private:
  struct Device {
    std::string name;
    std::string area;  // an id
  };

  /// A name as people say it; none, with a note, if it cannot be.
  std::optional<std::string> spoken(const std::string& name, const std::string& what) {
    try {
      return spoken_name(name);
    } catch (const port::Failure& failure) {
      home_.notes.push_back(what + " is left out: " + failure.what());
      return std::nullopt;
    }
  }

  std::vector<std::string> aliases_of(const StoredJson& entry, const std::string& what) {
    std::vector<std::string> aliases;
    const auto found = entry.find("aliases");
    if (found == entry.end() || !found->is_array()) return aliases;
    for (const StoredJson& alias : *found) {
      if (!alias.is_string()) continue;
      if (aliases.size() == Home::most_aliases) {
        home_.notes.push_back(what + ": only " + std::to_string(Home::most_aliases) +
                              " of its aliases are words");
        break;
      }
      const auto word = spoken(alias.get<std::string>(), "an alias of " + what);
      if (word) aliases.push_back(*word);
    }
    std::sort(aliases.begin(), aliases.end());
    return aliases;
  }

  void read_floors() {
    for (const StoredJson& floor : entries_of(folder_ / "core.floor_registry", "floors")) {
      const std::string what = "the floor '" + text_of(floor, "name") + "'";
      const auto name = spoken(text_of(floor, "name"), what);
      if (name) home_.floors.push_back({.name = *name, .aliases = aliases_of(floor, what)});
    }
  }

  void read_areas() {
    for (const StoredJson& area : entries_of(folder_ / "core.area_registry", "areas")) {
      const std::string what = "the area '" + text_of(area, "name") + "'";
      const auto name = spoken(text_of(area, "name"), what);
      if (!name) continue;
      area_names_[text_of(area, "id")] = *name;
      if (home_.has_area(*name)) {
        home_.notes.push_back(what + " is called '" + *name + "' like another one");
        continue;
      }
      home_.areas.push_back({.name = *name, .aliases = aliases_of(area, what)});
    }
  }

  void read_devices() {
    for (const StoredJson& device : entries_of(folder_ / "core.device_registry", "devices")) {
      std::string name = text_of(device, "name_by_user");
      if (name.empty()) name = text_of(device, "name");
      devices_[text_of(device, "id")] = {std::move(name), text_of(device, "area_id")};
    }
  }

  /// The name that Home Assistant shows.
  std::string name_of(const StoredJson& entity, const Device& device) const {
    const std::string by_user = text_of(entity, "name");
    if (!by_user.empty()) return by_user;
    std::string name = text_of(entity, "original_name");
    if (flag_of(entity, "has_entity_name") && !device.name.empty()) {
      name = name.empty() ? device.name : device.name + " " + name;
    }
    if (!name.empty()) return name;
    std::string id = text_of(entity, "entity_id");
    id.erase(0, id.find('.') + 1);
    std::replace(id.begin(), id.end(), '_', ' ');
    return id;
  }

  /// Whether Assist may use it; counts why not.
  bool is_usable(const StoredJson& entity, std::string_view domain, std::string_view device_class) {
    const StoredJson& assist = member_of(member_of(entity, "options"), "conversation");
    const bool is_decided = assist.contains("should_expose");
    if (is_set(entity, "disabled_by") || (!is_decided && is_set(entity, "hidden_by"))) {
      ++disabled_;
      return false;
    }
    const bool by_default = exposes_new_ && !is_set(entity, "entity_category") &&
                            is_exposed_by_default(domain, device_class);
    const bool is_exposed = is_decided ? flag_of(assist, "should_expose") : by_default;
    if (!is_exposed) ++unexposed_;
    return is_exposed;
  }

  void read_entity(const StoredJson& entity) {
    const std::string id = text_of(entity, "entity_id");
    const std::string domain = id.substr(0, id.find('.'));
    std::string device_class = text_of(entity, "device_class");
    if (device_class.empty()) device_class = text_of(entity, "original_device_class");
    const std::string_view kind = kind_of_entity(domain, device_class);
    if (kind.empty()) {
      ++others_;
      return;
    }
    if (!is_usable(entity, domain, device_class)) return;
    const auto found = devices_.find(text_of(entity, "device_id"));
    const Device device = found == devices_.end() ? Device{} : found->second;
    const auto name = spoken(name_of(entity, device), id);
    if (!name) return;
    std::string area = text_of(entity, "area_id");
    if (area.empty()) area = device.area;
    const auto area_name = area_names_.find(area);
    add({.kind = std::string(kind),
         .area = area_name == area_names_.end() ? "" : area_name->second,
         .name = {.name = *name, .aliases = aliases_of(entity, id)}},
        id);
  }

  void add(HomeDevice device, const std::string& id) {
    for (const HomeDevice& other : home_.devices) {
      if (other.kind == device.kind && other.area == device.area &&
          other.name.name == device.name.name) {
        home_.notes.push_back(id + " is left out: there is another " + device.kind + " '" +
                              device.name.name + "' in the same place");
        return;
      }
    }
    home_.devices.push_back(std::move(device));
  }

  void note_left_out(std::size_t entities) {
    if (disabled_ + unexposed_ + others_ == 0) return;
    home_.notes.push_back(
        std::to_string(disabled_ + unexposed_ + others_) + " of " + std::to_string(entities) +
        " entities are left out: " + std::to_string(others_) + " of other kinds, " +
        std::to_string(disabled_) + " disabled or hidden, " + std::to_string(unexposed_) +
        " not exposed to Assist");
  }

  fs::path folder_;
  Home home_;
  std::map<std::string, std::string> area_names_;  // by ids
  std::map<std::string, Device> devices_;          // by ids
  bool exposes_new_ = true;
  std::size_t others_ = 0;
  std::size_t disabled_ = 0;
  std::size_t unexposed_ = 0;
};

}  // namespace

Home read_home_registries(const std::string& folder) {
  fs::path storage(folder);
  if (is_there(storage / ".storage" / "core.entity_registry")) storage /= ".storage";
  for (const char* file : {"core.entity_registry", "core.area_registry", "core.device_registry"}) {
    if (!is_there(storage / file)) {
      common::fail(folder, ": has no ", file, "; name Home Assistant's folder .storage");
    }
  }
  return Registries(storage).read();
}

}  // namespace ringlet::grammar

#include "home_yaml.hpp"

#include "common/errors.hpp"

#ifdef RINGLET_HAS_YAML_CPP

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "common/similar_name.hpp"
#include "spoken_name.hpp"

namespace ringlet::grammar {
namespace {

/// Aliases of YAML (`*name`) can multiply, so reading ends soon behind the limits of a home.
constexpr std::size_t most_names = 1000;

class YamlHome {
 public:
  explicit YamlHome(const std::string& source) : source_(source) {}

  Home read(const YAML::Node& root) {
    if (!root.IsMap()) refuse(root, "a home is a map with 'areas', 'floors' and 'house'");
    for (const auto& entry : root) {
      const std::string key = text(entry.first);
      if (key == "areas") {
        read_areas(entry.second);
      } else if (key == "floors") {
        for (const SpokenName& floor : names(entry.second)) add(home_.floors, floor, entry.second);
      } else if (key == "house") {
        read_devices(entry.second, "");
      } else {
        refuse_key(entry.first, key, {"areas", "floors", "house"});
      }
    }
    return std::move(home_);
  }

 private:
  /// `node` is where the error is.
  template <typename... Parts>
  [[noreturn]] void refuse(const YAML::Node& node, const Parts&... parts) const {
    const YAML::Mark mark = node.Mark();
    const std::string place = mark.is_null() ? "" : ", line " + std::to_string(mark.line + 1);
    common::fail(source_, place, ": ", parts...);
  }

  [[noreturn]] void refuse_key(const YAML::Node& node, const std::string& key,
                               const std::vector<std::string>& known) const {
    const std::string similar = common::similar_name(key, known);
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
    refuse(node, "unknown key '", key, "'; ",
           similar.empty() ? "known are " + all : "did you mean '" + similar + "'?");
  }

  std::string text(const YAML::Node& node) const {
    if (!node.IsScalar()) refuse(node, "a name must be a text");
    return node.Scalar();
  }

  std::string spoken(const YAML::Node& node) {
    if (++names_read_ > most_names) refuse(node, "has more than ", most_names, " names");
    try {
      return spoken_name(text(node));
    } catch (const port::Failure& failure) {
      const std::string what = failure.what();
      if (what.starts_with(source_)) throw;
      refuse(node, what);
    }
  }

  /// A text, a map from names to aliases, or a list of both.
  std::vector<SpokenName> names(const YAML::Node& node, int depth = 0) {
    std::vector<SpokenName> result;
    if (node.IsScalar()) {
      result.push_back({.name = spoken(node)});
    } else if (node.IsMap()) {
      for (const auto& entry : node) {
        result.push_back({.name = spoken(entry.first), .aliases = aliases(entry.second)});
      }
    } else if (node.IsSequence() && depth == 0) {
      for (const YAML::Node& item : node) {
        for (SpokenName& name : names(item, 1)) result.push_back(std::move(name));
      }
    } else if (!node.IsNull() || depth > 0) {
      refuse(node, "expected a name, or a list of names");
    }
    return result;
  }

  std::vector<std::string> aliases(const YAML::Node& node) {
    std::vector<std::string> result;
    if (node.IsScalar()) result.push_back(spoken(node));
    if (node.IsSequence()) {
      for (const YAML::Node& item : node) result.push_back(spoken(item));
    }
    if (node.IsMap()) refuse(node, "aliases are a name, or a list of names");
    if (result.size() > Home::most_aliases) {
      refuse(node, "has ", result.size(), " aliases; a name has at most ", Home::most_aliases);
    }
    return result;
  }

  void add(std::vector<SpokenName>& to, const SpokenName& name, const YAML::Node& node) const {
    for (const SpokenName& other : to) {
      if (other.name == name.name) refuse(node, "'", name.name, "' is there twice");
    }
    to.push_back(name);
  }

  void read_areas(const YAML::Node& node) {
    if (!node.IsMap()) refuse(node, "'areas' is a map from areas to what is in them");
    for (const auto& entry : node) {
      SpokenName area{.name = spoken(entry.first)};
      if (entry.second.IsMap() && entry.second["aliases"]) {
        area.aliases = aliases(entry.second["aliases"]);
      }
      add(home_.areas, area, entry.first);
      if (!entry.second.IsNull()) read_devices(entry.second, area.name);
    }
  }

  void read_devices(const YAML::Node& node, const std::string& area) {
    if (node.IsNull()) return;
    if (!node.IsMap()) refuse(node, "devices are a map from their kinds to names: {light: strip}");
    for (const auto& entry : node) {
      const std::string kind = text(entry.first);
      if (kind == "aliases" && !area.empty()) continue;
      if (std::find(device_kinds.begin(), device_kinds.end(), kind) == device_kinds.end()) {
        std::vector<std::string> known(device_kinds.begin(), device_kinds.end());
        refuse_key(entry.first, kind, known);
      }
      for (const SpokenName& name : names(entry.second)) add_device(kind, area, name, entry.second);
    }
  }

  void add_device(const std::string& kind, const std::string& area, const SpokenName& name,
                  const YAML::Node& node) {
    for (const HomeDevice& other : home_.devices) {
      if (other.kind == kind && other.area == area && other.name.name == name.name) {
        refuse(node, "the ", kind, " '", name.name, "' is there twice");
      }
    }
    home_.devices.push_back({.kind = kind, .area = area, .name = name});
  }

  const std::string& source_;
  Home home_;
  std::size_t names_read_ = 0;
};

}  // namespace

Home read_home_yaml(const std::string& text, const std::string& source) {
  try {
    return YamlHome(source).read(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    const std::string place =
        error.mark.is_null() ? "" : ", line " + std::to_string(error.mark.line + 1);
    common::fail(source, place, ": not YAML: ", error.msg);
  }
}

}  // namespace ringlet::grammar

#else

namespace ringlet::grammar {

Home read_home_yaml(const std::string& /*text*/, const std::string& source) {
  common::fail(source,
               ": this program was built without yaml-cpp, which reads YAML; install "
               "libyaml-cpp-dev and build it again, or name Home Assistant's folder .storage");
}

}  // namespace ringlet::grammar

#endif

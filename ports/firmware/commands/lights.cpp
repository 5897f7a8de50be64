#include "lights.hpp"

namespace ringlet::port {
namespace {

/// Whether the action is to be done now, to all that it names.
bool is_plain(const Action& action) {
  std::string_view rest = action.members();
  for (Member member; Action::next(rest, member);) {
    if (member.key != "do" && member.key != "name" && member.key != "area" &&
        member.key != "type") {
      return false;
    }
  }
  return true;
}

bool is_about(const Action& action, const Light& light) {
  const std::string_view name = action.value("name");
  const std::string_view type = action.value("type");
  const std::string_view area = action.value("area");
  if (!name.empty()) return name == light.name && (area.empty() || area == light.area);
  if (!type.empty() && type != "light") return false;
  if (area.empty()) return !type.empty() && light.area == own_area;
  return area == "all" || area == light.area;
}

}  // namespace

std::uint32_t lights_of(const Action& action) noexcept {
  const std::string_view what = action.value("do");
  if (what != "on" && what != "off" && what != "toggle") return 0;
  if (!is_plain(action)) return 0;
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < house_lights.size(); ++i) {
    if (is_about(action, house_lights[i])) found |= std::uint32_t{1} << i;
  }
  return found;
}

std::uint32_t switched(std::uint32_t lights, const Action& action) noexcept {
  const std::string_view what = action.value("do");
  const std::uint32_t found = lights_of(action);
  if (what == "on") return lights | found;
  if (what == "off") return lights & ~found;
  return lights ^ found;
}

}  // namespace ringlet::port

#include "common/ignored_settings.hpp"

#include <algorithm>
#include <iterator>

namespace ringlet::common {

bool IgnoredSettings::contains(const std::string& name) {
  if (!names_.contains(name)) return false;
  met_.insert(name);
  return true;
}

std::vector<std::string> IgnoredSettings::never_met() const {
  std::vector<std::string> rest;
  std::set_difference(names_.begin(), names_.end(), met_.begin(), met_.end(),
                      std::back_inserter(rest));
  return rest;
}

}  // namespace ringlet::common

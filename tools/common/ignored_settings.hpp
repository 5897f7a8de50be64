// Settings that the user has told a program to ignore.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace ringlet::common {

/// The names that the user declared harmless on the command line.
class IgnoredSettings {
 public:
  IgnoredSettings() = default;
  explicit IgnoredSettings(const std::vector<std::string>& names)
      : names_(names.begin(), names.end()) {}

  /// Whether `name` is one of them. Records that it was found.
  bool contains(const std::string& name);

  /// Names that matched no source setting: misspelled or unnecessary.
  [[nodiscard]] std::vector<std::string> never_met() const;

 private:
  std::set<std::string> names_;
  std::set<std::string> met_;
};

}  // namespace ringlet::common

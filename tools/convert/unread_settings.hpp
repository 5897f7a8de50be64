// Settings that an importer did not read: one that could change the arithmetic must not be skipped
// in silence.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::convert {

/// A setting of a source that nobody has read, with its value for comparison and for messages: a
/// number, a truth value or a text as JSON writes it, "[]" and "{}" where empty, otherwise "a list"
/// or "an object".
struct UnreadSetting {
  std::string name;
  std::string value;
};

/// A setting that is known and changes nothing, whatever its value or for some values only.
struct HarmlessSetting {
  std::string_view name;
  std::string_view values = {};  // as in UnreadSetting, with "|" between; empty: all of them
};

/// Names that the user has declared harmless, on the command line.
class IgnoredSettings {
 public:
  IgnoredSettings() = default;
  explicit IgnoredSettings(const std::vector<std::string>& names)
      : names_(names.begin(), names.end()) {}

  /// Whether `name` is one of them; notes that it was met.
  bool contains(const std::string& name);

  /// Names that no source setting answered to: misspelt, or not needed.
  [[nodiscard]] std::vector<std::string> never_met() const;

 private:
  std::set<std::string> names_;
  std::set<std::string> met_;
};

/// Throws std::runtime_error when one of `settings` could change what the model computes: when its
/// name speaks of rotary embedding, attention, norms, scales, logits, experts, windows or
/// activations, and neither `harmless` nor `ignored` (null: nothing) has it. Settings of other
/// names (dropout, versions, training) are skipped. `prefix` begins all names where people see or
/// type them. The message begins with `where` and names setting and value.
void refuse_unread(const std::string& where, const std::string& prefix,
                   std::span<const UnreadSetting> settings,
                   std::span<const HarmlessSetting> harmless, IgnoredSettings* ignored);

}  // namespace ringlet::convert

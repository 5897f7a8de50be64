// Settings that an importer did not read. One that could change the arithmetic must not be skipped
// silently.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/json.hpp"

namespace ringlet::convert {

using common::IgnoredSettings;

/// A setting that nobody has read, with its value for comparison and messages.
using UnreadSetting = common::UnreadMember;

/// A setting that is known to have no effect, for all values or only some.
struct HarmlessSetting {
  std::string_view name;
  std::string_view values = {};  // as in UnreadSetting, separated by "|"; empty: all
};

/// Throws std::runtime_error if one of `settings` could change what the model computes: its name
/// refers to rotary embedding, attention, norms, scales, logits, experts, windows or activations,
/// and neither `harmless` nor `ignored` (can be null) contains it. Settings with other names
/// (dropout, versions, training) are skipped. `prefix` begins all names that people see or type.
/// The message begins with `where` and names setting and value.
void refuse_unread(const std::string& where, const std::string& prefix,
                   std::span<const UnreadSetting> settings,
                   std::span<const HarmlessSetting> harmless, IgnoredSettings* ignored);

/// Like the above, for the members of an object that no getter asked for.
void refuse_unread(const common::JsonField& object, std::span<const HarmlessSetting> harmless);

}  // namespace ringlet::convert

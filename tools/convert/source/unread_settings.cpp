#include "source/unread_settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// Parts of names that refer to arithmetic, in lower case.
constexpr std::array telling_parts = {
    "rope",     "rotary",     "attn",   "attention", "norm",   "scale",         "scaling",
    "factor",   "multiplier", "logit",  "softcap",   "expert", "moe",           "router",
    "window",   "causal",     "alibi",  "mscale",    "yarn",   "residual",      "activation",
    "head_dim", "kv_",        "sparse", "clamp",     "clip",   "bidirectional", "temperature_"};

bool tells_of_arithmetic(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  // These affect only training.
  if (name.find("dropout") != std::string::npos || name.find("pdrop") != std::string::npos) {
    return false;
  }
  return std::any_of(telling_parts.begin(), telling_parts.end(),
                     [&](const char* part) { return name.find(part) != std::string::npos; });
}

std::optional<double> setting_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::optional<double> first = setting_number(a);
  return first && first == setting_number(b);
}

bool is_among(std::string_view value, std::string_view values) {
  while (!values.empty()) {
    const std::size_t end = std::min(values.find('|'), values.size());
    if (is_same_value(value, values.substr(0, end))) return true;
    values.remove_prefix(std::min(end + 1, values.size()));
  }
  return false;
}

/// "1" or "0 or 1".
std::string listed(std::string_view values) {
  std::string text(values);
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;) {
    text.replace(at, 1, " or ");
  }
  return text;
}

}  // namespace

void refuse_unread(const std::string& where, const std::string& prefix,
                   std::span<const UnreadSetting> settings,
                   std::span<const HarmlessSetting> harmless, IgnoredSettings* ignored) {
  for (const UnreadSetting& setting : settings) {
    const auto known =
        std::find_if(harmless.begin(), harmless.end(),
                     [&](const HarmlessSetting& h) { return h.name == setting.name; });
    const bool is_known = known != harmless.end();
    if (is_known && (known->values.empty() || is_among(setting.value, known->values))) continue;
    if (!is_known && !tells_of_arithmetic(setting.name)) continue;
    const std::string name = prefix + setting.name;
    if (ignored != nullptr && ignored->contains(name)) continue;
    const std::string why = is_known
                                ? "is not supported; only " + listed(known->values) + " is"
                                : "is not supported: it is unknown here and could change results";
    fail(where, ": ", name, " = ", setting.value, " ", why, " (--ignore-setting ", name,
         " converts as if it were absent)");
  }
}

void refuse_unread(const common::JsonField& object, std::span<const HarmlessSetting> harmless) {
  refuse_unread(object.where(), "", object.unread(), harmless, object.ignored());
}

}  // namespace ringlet::convert

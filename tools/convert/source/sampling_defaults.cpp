#include "source/sampling_defaults.hpp"

#include <array>
#include <cmath>
#include <sstream>

namespace ringlet::convert {
namespace {

constexpr std::array<SamplingSetting, 5> sampling_settings = {
    {{"temperature", "general.sampling.temp", [](double x) { return x >= 0 && x <= 100; },
      [](SamplingDefaults& s, double x) { s.temperature = static_cast<float>(x); }},
     {"top_k", "general.sampling.top_k",
      [](double x) { return x >= -1 && x <= 0x7FFFFFFF && x == std::floor(x); },
      [](SamplingDefaults& s, double x) { s.top_k = x < 0 ? 0 : static_cast<std::uint32_t>(x); }},
     {"top_p", "general.sampling.top_p",
      [](double x) { return static_cast<float>(x) > 0 && x <= 1; },
      [](SamplingDefaults& s, double x) { s.top_p = static_cast<float>(x); }},
     {"min_p", "general.sampling.min_p",
      [](double x) { return x >= 0 && static_cast<float>(x) < 1; },
      [](SamplingDefaults& s, double x) { s.min_p = static_cast<float>(x); }},
     {"repetition_penalty", "general.sampling.penalty_repeat",
      [](double x) { return static_cast<float>(x) > 0 && x <= 100; },
      [](SamplingDefaults& s, double x) { s.repeat_penalty = static_cast<float>(x); }}}};

}  // namespace

std::string written(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

bool read_sampling_settings(
    const std::function<std::optional<double>(const SamplingSetting&)>& value_of,
    const std::function<std::string(const SamplingSetting&)>& name_of, SamplingDefaults& sampling,
    std::vector<std::string>& notes) {
  bool any = false;
  for (const SamplingSetting& setting : sampling_settings) {
    const std::optional<double> value = value_of(setting);
    if (!value) continue;
    if (!setting.is_valid(*value)) {
      notes.push_back(name_of(setting) + " = " + written(*value) +
                      " is outside its range and left out");
      continue;
    }
    setting.set(sampling, *value);
    any = true;
  }
  return any;
}

}  // namespace ringlet::convert

#include "sampling_defaults.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <sstream>

#include "errors.hpp"
#include "json.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// A setting by the names that sources have for it, and the values that Model::open accepts.
struct Setting {
  const char* hugging_face;
  const char* gguf;
  bool (*is_valid)(double);
  void (*set)(SamplingDefaults&, double);
};

constexpr std::array<Setting, 5> sampling_settings = {
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

/// Methods that would draw other tokens, and the value that turns each off.
struct Method {
  const char* name;
  double off;
};

constexpr std::array<Method, 9> other_methods = {{{"num_beams", 1},
                                                  {"penalty_alpha", 0},
                                                  {"typical_p", 1},
                                                  {"epsilon_cutoff", 0},
                                                  {"eta_cutoff", 0},
                                                  {"no_repeat_ngram_size", 0},
                                                  {"encoder_repetition_penalty", 1},
                                                  {"diversity_penalty", 0},
                                                  {"top_h", 1}}};

std::string written(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// Sets what `value_of` gives a number for; says whether there was any.
bool read_settings(const std::function<std::optional<double>(const Setting&)>& value_of,
                   const std::function<std::string(const Setting&)>& name_of,
                   SamplingDefaults& sampling, std::vector<std::string>& notes) {
  bool any = false;
  for (const Setting& setting : sampling_settings) {
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

void note_other_methods(const JsonField& config, std::vector<std::string>& notes) {
  for (const auto& [name, off] : other_methods) {
    const std::optional<JsonField> field = config.find(name);
    if (!field || field->number() == off) continue;
    notes.push_back(field->where() + " = " + written(field->number()) +
                    " is a way to draw tokens that the sampler does not have; it is left out");
  }
}

/// A whole number or a real one.
std::optional<double> number_of(const GgufMetadata& metadata, const char* key) {
  const GgufValue* value = metadata.find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* whole = std::get_if<GgufInteger>(value)) {
    const auto magnitude = static_cast<double>(whole->magnitude);
    return whole->negative ? -magnitude : magnitude;
  }
  const auto* real = std::get_if<double>(value);
  if (real == nullptr) fail(metadata.file_name(), ": ", key, " is not a number");
  return *real;
}

}  // namespace

SamplingDefaults read_generation_config(const fs::path& folder, std::vector<std::string>& notes) {
  const fs::path path = folder / "generation_config.json";
  if (!fs::exists(path)) return {};
  const JsonDocument document(path);
  const JsonField config = document.root();
  SamplingDefaults sampling{.temperature = 1, .top_k = 50, .top_p = 1};
  const auto value_of = [&](const Setting& setting) -> std::optional<double> {
    const std::optional<JsonField> field = config.find(setting.hugging_face);
    return field ? std::optional<double>(field->number()) : std::nullopt;
  };
  const auto name_of = [&](const Setting& setting) {
    return config.at(setting.hugging_face).where();
  };
  const bool any = read_settings(value_of, name_of, sampling, notes);
  note_other_methods(config, notes);
  if (!config.flag("do_sample", true)) sampling.temperature = 0;
  return any || config.has("do_sample") ? sampling : SamplingDefaults{};
}

SamplingDefaults read_gguf_sampling(const GgufMetadata& metadata, std::vector<std::string>& notes) {
  SamplingDefaults sampling;
  (void)read_settings(
      [&](const Setting& setting) { return number_of(metadata, setting.gguf); },
      [&](const Setting& setting) { return metadata.file_name() + ": " + setting.gguf; }, sampling,
      notes);
  return sampling;
}

}  // namespace ringlet::convert

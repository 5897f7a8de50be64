#include "source/huggingface/hf_sampling.hpp"

#include <array>
#include <optional>

#include "source/json_file.hpp"
#include "source/sampling_defaults.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// Methods that would draw other tokens, and the value that disables each.
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

void note_other_methods(const JsonField& config, std::vector<std::string>& notes) {
  for (const auto& [name, off] : other_methods) {
    const std::optional<JsonField> field = config.find(name);
    if (!field || field->number() == off) continue;
    notes.push_back(field->where() + " = " + written(field->number()) +
                    " is not supported by the sampler; it is left out");
  }
}

}  // namespace

SamplingDefaults read_generation_config(const fs::path& folder, std::vector<std::string>& notes) {
  const fs::path path = folder / "generation_config.json";
  if (!fs::exists(path)) return {};
  const JsonDocument document = read_json(path);
  const JsonField config = document.root();
  SamplingDefaults sampling{.temperature = 1, .top_k = 50, .top_p = 1};
  const auto value_of = [&](const SamplingSetting& setting) -> std::optional<double> {
    const std::optional<JsonField> field = config.find(setting.hugging_face);
    return field ? std::optional<double>(field->number()) : std::nullopt;
  };
  const auto name_of = [&](const SamplingSetting& setting) {
    return config.at(setting.hugging_face).where();
  };
  const bool any = read_sampling_settings(value_of, name_of, sampling, notes);
  note_other_methods(config, notes);
  if (!config.flag("do_sample", true)) sampling.temperature = 0;
  return any || config.has("do_sample") ? sampling : SamplingDefaults{};
}

}  // namespace ringlet::convert

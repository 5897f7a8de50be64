#include "source/huggingface/hf_wrapper.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ringlet::convert {
namespace {

constexpr const char* part = "text_config";

/// The language model in a wrapper that does not name it, and what its config leaves out.
struct Wrapped {
  const char* model_type;  // of the wrapper
  const char* text_model_type;
  const char* defaults;  // JSON
};

// configuration_gemma3.py: Gemma3TextConfig.
constexpr const char* gemma3_defaults = R"({
  "vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
  "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
  "max_position_embeddings": 131072})";

constexpr std::array wrapped_families = {Wrapped{"gemma3", "gemma3_text", gemma3_defaults},
                                         Wrapped{"mistral3", "mistral", "{}"},
                                         Wrapped{"qwen3_5", "qwen3_5_text", "{}"},
                                         Wrapped{"gemma4", "gemma4_text", "{}"},
                                         Wrapped{"lfm2_vl", "lfm2", "{}"},
                                         Wrapped{"lfm2-vl", "lfm2", "{}"}};

// What the config around it says of the whole model.
constexpr std::array settings_of_all = {"tie_word_embeddings", "quantization",
                                        "quantization_config"};

// The language model's tensors, as older and newer versions of Transformers name them.
constexpr std::array text_prefixes = {std::string_view("language_model."),
                                      std::string_view("model.language_model.")};

void set_default(nlohmann::json& config, const std::string& name, const nlohmann::json& value) {
  const auto found = config.find(name);
  if (found == config.end() || found->is_null()) config[name] = value;
}

}  // namespace

bool is_wrapper(const JsonField& config) {
  return config.value().is_object() && config.value().contains(part) && config.has(part);
}

std::vector<std::string> hf_wrapper_names() {
  std::vector<std::string> names;
  names.reserve(wrapped_families.size());
  for (const Wrapped& family : wrapped_families) names.emplace_back(family.model_type);
  return names;
}

bool needs_text_config(const std::string& model_type) {
  return std::ranges::count(hf_wrapper_names(), model_type) != 0;
}

JsonDocument text_config(const JsonField& config) {
  const JsonField text = config.object(part);
  nlohmann::json merged = text.value();
  for (const char* name : settings_of_all) {
    if (const auto setting = config.find(name)) set_default(merged, name, setting->value());
  }
  const std::string type = config.text("model_type");
  for (const Wrapped& family : wrapped_families) {
    if (type != family.model_type) continue;
    set_default(merged, "model_type", family.text_model_type);
    if (merged["model_type"] != family.text_model_type) continue;
    const nlohmann::json defaults = nlohmann::json::parse(family.defaults);
    for (const auto& [name, value] : defaults.items()) set_default(merged, name, value);
  }
  return {merged.dump(), text.where(), config.ignored()};
}

bool has_wrapped_tensors(const TensorStore& store) {
  bool found = false;
  store.for_each([&](const StoredTensor& tensor) {
    for (const std::string_view prefix : text_prefixes) {
      found = found || tensor.name.starts_with(prefix);
    }
  });
  return found;
}

std::string unwrap_tensors(TensorStore& store) {
  const auto is_text = [](const std::string& name) {
    return name.starts_with(text_prefixes[0]) || name.starts_with(text_prefixes[1]) ||
           name.starts_with("lm_head.");
  };
  std::size_t others = 0;
  store.ignore([&](const std::string& name) {
    if (!is_text(name)) ++others;
    return !is_text(name);
  });
  store.replace_prefix(text_prefixes[1], "model.");
  store.replace_prefix(text_prefixes[0], "");
  if (others == 0) return {};
  return std::to_string(others) +
         " tensors of the parts for pictures and sound are left out: only the language model is "
         "converted";
}

}  // namespace ringlet::convert

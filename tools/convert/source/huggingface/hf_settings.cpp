#include "source/huggingface/hf_settings.hpp"

#include <cmath>

#include "source/errors.hpp"
#include "source/huggingface/hf_rotary.hpp"
#include "source/model_shape.hpp"

namespace ringlet::convert {

void read_sizes(const JsonField& config, double norm_epsilon, const SettingNames& names,
                ModelShape& shape) {
  Architecture& a = shape.architecture;
  a.vocab_size = config.count("vocab_size");
  a.dim = config.count("hidden_size");
  a.hidden_dim = config.count(names.hidden_dim);
  a.layers = config.count("num_hidden_layers");
  a.heads = config.count("num_attention_heads");
  a.kv_heads = config.count("num_key_value_heads", a.heads);
  if (!config.has("head_dim") && a.dim % a.heads != 0) {
    config.refuse("num_attention_heads = ", a.heads, " does not divide hidden_size = ", a.dim,
                  ", and there is no head_dim");
  }
  a.head_dim = config.count("head_dim", a.heads > a.dim ? 1 : a.dim / a.heads);
  a.trained_context = config.count("max_position_embeddings");
  const double epsilon = config.number(names.epsilon, norm_epsilon);
  a.norm_epsilon = static_cast<float>(epsilon);
  check_second_name(config, "kv_channels", a.head_dim);
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.head_dim));
}

void check_second_name(const JsonField& config, const char* name, double value) {
  if (!config.has(name) || config.number(name) == value) return;
  config.refuse(name, " = ", config.number(name), " differs from ", value,
                ", which the family's own setting says");
}

Activation activation_named(const JsonField& config, const std::string& name) {
  if (name == "silu" || name == "swish") return Activation::silu;
  if (name == "gelu_pytorch_tanh" || name == "gelu_new") return Activation::gelu_tanh;
  if (name == "gelu") return Activation::gelu_erf;
  if (name == "relu2") return Activation::relu_squared;
  config.refuse("the activation '", name,
                "' is not supported; silu, gelu, gelu_new, gelu_pytorch_tanh and relu2 are");
}

void make_layers(const JsonField& config, ModelShape& shape) {
  const std::uint32_t count = shape.architecture.layers;
  if (count > most_layers) {
    config.refuse("there are ", count, " layers; at most ", most_layers, " are supported");
  }
  shape.layers.resize(count);
}

void require_entry_per_layer(const JsonField& config, const char* field, std::size_t entries,
                             const ModelShape& shape) {
  if (entries == shape.layers.size()) return;
  config.refuse(field, " has ", entries, " entries for ", shape.layers.size(), " layers");
}

std::uint32_t nullable_window(const JsonField& config, std::uint32_t otherwise) {
  return config.size("sliding_window", config.value().contains("sliding_window") ? 0 : otherwise);
}

void read_llama_like(const JsonField& config, ModelShape& shape, const RotaryDefaults& rotary,
                     double norm_epsilon, const SettingNames& names) {
  read_sizes(config, norm_epsilon, names, shape);
  make_layers(config, shape);
  shape.architecture.tied_embedding = config.flag("tie_word_embeddings", false);
  shape.architecture.activation = activation_named(config, config.text("hidden_act", "silu"));
  shape.names = llama_names;
  read_hf_rotary(config, rotary, shape);
  check_second_name(config, "rotary_emb_base", shape.rotary.theta);
  check_second_name(config, "rotary_base", shape.rotary.theta);
}

void read_windows(const JsonField& config, ModelShape& shape, std::uint32_t window,
                  const std::function<bool(std::uint32_t layer)>& is_sliding) {
  std::vector<std::string> types;
  if (config.has("layer_types")) {
    types = config.texts("layer_types");
    require_entry_per_layer(config, "layer_types", types.size(), shape);
  }
  for (std::uint32_t i = 0; i < shape.layers.size(); ++i) {
    const bool sliding = types.empty() ? is_sliding(i) : types[i] == "sliding_attention";
    if (!types.empty() && !sliding && types[i] != "full_attention") {
      config.refuse("layer_types has '", types[i], "', which is not supported");
    }
    if (sliding && window == 0) config.refuse("sliding_window is missing");
    if (sliding) shape.layers[i].window = window;
  }
}

}  // namespace ringlet::convert

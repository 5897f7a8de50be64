// Gemma 4: layers with and without a window have heads of different sizes, later layers read the
// caches of earlier ones, and tokens bring an input for each layer.
#include <cmath>
#include <limits>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"
#include "source/unread_settings.hpp"

namespace ringlet::convert {
namespace {

/// The base of one kind of layer, in the object of that name.
JsonField rotary_of(const JsonField& config, const char* kind, SourceRotary& rotary,
                    double otherwise) {
  JsonField parameters = config.object("rope_parameters").object(kind);
  rotary.theta = parameters.number("rope_theta", otherwise);
  return parameters;
}

/// Layers with a window rotate whole heads. In the others only the first pairs do, at frequencies
/// of whole heads ("proportional").
void read_rotary(const JsonField& config, std::uint32_t local_head_dim, ModelShape& shape) {
  Architecture& a = shape.architecture;
  const JsonField full = rotary_of(config, "full_attention", shape.rotary, 1000000);
  const std::string type = full.text("rope_type", "default");
  const double partial = full.number("partial_rotary_factor", 1);
  // Only the proportional kind has a divisor.
  const double written = full.number("factor", 1);
  const double factor = type == "proportional" ? written : 1;
  if ((type != "proportional" && type != "default") || !(partial > 0 && partial <= 1) ||
      !(factor > 0)) {
    full.refuse("rope_type '", type, "' with partial_rotary_factor = ", partial,
                " and factor = ", factor, " is not supported");
  }
  if (type == "default" && partial != 1) full.refuse("partial_rotary_factor needs 'proportional'");
  a.rotary_dim = a.head_dim;
  const auto turned = static_cast<std::size_t>(partial * a.head_dim / 2);
  const double still = std::numeric_limits<double>::infinity();
  shape.rotary.factors.assign(a.head_dim / 2, still);
  for (std::size_t i = 0; i < turned; ++i) shape.rotary.factors[i] = factor;
  refuse_unread(full, {});

  SourceRotary local;
  const JsonField sliding = rotary_of(config, "sliding_attention", local, 10000);
  const std::string local_type = sliding.text("rope_type", "default");
  if (local_type != "default") {
    sliding.refuse("rope_type '", local_type, "' is not supported");
  }
  refuse_unread(sliding, {});
  for (LayerShape& layer : shape.layers) {
    if (layer.window == 0) continue;
    layer.rotary = Rotary::local;
    layer.head_dim = local_head_dim;
    a.local_rotary = true;
  }
  if (!a.local_rotary) return;
  a.local_rotary_dim = static_cast<std::uint16_t>(local_head_dim);
  shape.local_rotary = local;
}

/// The last layers read what the last layer of their kind before them has stored.
void read_lent_caches(const JsonField& config, ModelShape& shape) {
  const std::uint32_t readers = config.size("num_kv_shared_layers", 0);
  if (readers >= shape.layers.size()) {
    config.refuse("num_kv_shared_layers = ", readers, " leaves no layer with a cache");
  }
  lend_caches(static_cast<std::uint32_t>(shape.layers.size()) - readers, shape);
}

/// Pictures can be read in both directions, texts cannot.
void check_direction(const JsonField& config) {
  constexpr const char* name = "use_bidirectional_attention";
  const auto setting = config.find(name);
  if (!setting || setting->value().is_null() || setting->value() == false ||
      setting->value() == "vision") {
    return;
  }
  config.refuse(name, " = ", setting->value().dump(), " is not supported");
}

void read_feed_forward(const JsonField& config, ModelShape& shape) {
  Architecture& a = shape.architecture;
  const std::string name = config.text("hidden_activation", "gelu_pytorch_tanh");
  a.activation = activation_named(config, name);
  if (config.flag("enable_moe_block", false)) {
    config.refuse("enable_moe_block: mixtures of experts are not supported");
  }
  if (!config.flag("use_double_wide_mlp", false)) return;
  for (LayerShape& layer : shape.layers) {
    if (layer.cache_of) layer.hidden_dim = 2 * a.hidden_dim;
  }
}

/// As modeling_gemma4.py computes the language model. Checkpoints say all of its settings; what is
/// not there is off.
void read_gemma4(const JsonField& config, ModelShape& shape) {
  shape.names = gemma4_names;
  read_sizes(config, 1e-6, {}, shape);
  make_layers(config, shape);
  Architecture& a = shape.architecture;
  if (!config.has("head_dim")) config.refuse("head_dim is missing");
  const std::uint32_t local_head_dim = a.head_dim;
  const std::uint32_t local_kv_heads = a.kv_heads;
  const bool values_are_keys = config.flag("attention_k_eq_v", false);
  const std::uint32_t others = config.count("num_global_key_value_heads", local_kv_heads);
  a.head_dim = config.count("global_head_dim", local_head_dim);
  a.kv_heads = values_are_keys ? others : local_kv_heads;
  // Keys and queries are normalized, and their gains hold the scale.
  a.attention_scale = 1;
  a.tied_embedding = config.flag("tie_word_embeddings", true);
  a.embedding_scale = std::sqrt(static_cast<float>(a.dim));
  a.logit_softcap = static_cast<float>(config.number("final_logit_softcapping", 0));
  shape.qk_norm = shape.post_norms = shape.value_norm = true;
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  const std::size_t last = shape.layers.size() - 1;
  read_windows(config, shape, config.count("sliding_window", 512),
               [&](std::uint32_t i) { return (i + 1) % 6 != 0 && i != last; });
  shape.layers[last].window = 0;  // whatever the list says
  read_rotary(config, local_head_dim, shape);
  for (LayerShape& layer : shape.layers) {
    if (layer.window != 0 && local_kv_heads != a.kv_heads) layer.kv_heads = local_kv_heads;
    layer.values_are_keys = values_are_keys && layer.window == 0;
  }
  read_lent_caches(config, shape);
  read_feed_forward(config, shape);
  check_direction(config);
  shape.output_scale = true;
  const std::uint32_t inputs = config.size("hidden_size_per_layer_input", 0);
  if (inputs > a.dim) {
    config.refuse("hidden_size_per_layer_input = ", inputs, " is more than hidden_size");
  }
  a.per_layer_dim = static_cast<std::uint16_t>(inputs);
  check_second_name(config, "vocab_size_per_layer_input", a.vocab_size);
}

}  // namespace

std::span<const HfFamily> hf_gemma4_families() {
  static constexpr HfFamily families[] = {{"gemma4", read_gemma4}, {"gemma4_text", read_gemma4}};
  return families;
}

}  // namespace ringlet::convert

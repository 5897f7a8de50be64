// GPT-2 and the families that are like it.
#include <cmath>
#include <optional>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

/// GPT-2 (Radford et al., 2019): learned positions, LayerNorm, GELU, biases everywhere.
void read_gpt2(const JsonField& config, ModelShape& shape) {
  Architecture& a = shape.architecture;
  a.vocab_size = config.count("vocab_size");
  a.dim = config.count("n_embd");
  a.layers = config.count("n_layer");
  a.heads = config.count("n_head");
  a.kv_heads = a.heads;
  a.trained_context = a.learned_positions = config.count("n_positions", 1024);
  if (a.dim % a.heads != 0 || a.dim > (1U << 24)) {
    config.refuse("n_head = ", a.heads, " does not divide n_embd = ", a.dim);
  }
  a.head_dim = a.dim / a.heads;
  a.hidden_dim = config.size("n_inner", 4 * a.dim);
  a.norm = NormKind::layer;
  a.norm_epsilon = static_cast<float>(config.number("layer_norm_epsilon", 1e-5));
  a.activation = activation_named(config, config.text("activation_function", "gelu_new"));
  a.attention_scale = 1.0F / std::sqrt(static_cast<float>(a.head_dim));
  a.tied_embedding = config.flag("tie_word_embeddings", true);
  if (!config.flag("scale_attn_weights", true)) a.attention_scale = 1;
  if (config.flag("scale_attn_by_inverse_layer_idx", false)) {
    config.refuse("scale_attn_by_inverse_layer_idx is not supported");
  }
  make_layers(config, shape);
  shape.names = gpt2_names;
  shape.qkv_bias = shape.output_bias = shape.mlp_bias = shape.norm_bias = true;
  shape.fused_qkv = shape.inputs_as_rows = true;
  shape.gated = false;
}

/// "attention_types" repeats groups of kinds of layers.
std::vector<std::string> repeated_kinds(const JsonField& types) {
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < types.array_size(); ++i) {
    const JsonField entry = types.element(i);
    if (entry.array_size() != 2) entry.refuse("must be a list of kinds and a number");
    const JsonField group = entry.element(0);
    const std::uint32_t times = entry.element(1).index(most_layers + 1);
    for (std::uint32_t n = 0; n < times && kinds.size() <= most_layers; ++n) {
      for (std::size_t k = 0; k < group.array_size(); ++k) {
        kinds.push_back(group.element(k).text());
      }
    }
  }
  return kinds;
}

/// Each layer's kind. "attention_layers" lists them; where both are there, as Transformers writes
/// them, they must agree.
std::vector<std::string> neo_layer_kinds(const JsonField& config) {
  const std::optional<JsonField> types = config.find("attention_types");
  if (!config.has("attention_layers")) return repeated_kinds(config.at("attention_types"));
  std::vector<std::string> kinds = config.texts("attention_layers");
  if (types && repeated_kinds(*types) != kinds) {
    config.refuse("attention_layers and attention_types contradict each other");
  }
  return kinds;
}

/// GPT-Neo (Black et al., 2021; the original TinyStories): GPT-2 with separate q, k and v without
/// biases, scores that are not scaled, and a window in its "local" layers.
void read_gpt_neo(const JsonField& config, ModelShape& shape) {
  Architecture& a = shape.architecture;
  a.vocab_size = config.count("vocab_size");
  a.dim = config.count("hidden_size");
  a.layers = config.count("num_layers");
  a.heads = a.kv_heads = config.count("num_heads");
  a.trained_context = a.learned_positions = config.count("max_position_embeddings", 2048);
  if (a.dim % a.heads != 0 || a.dim > (1U << 24)) {
    config.refuse("num_heads = ", a.heads, " does not divide hidden_size = ", a.dim);
  }
  shape.stored_head_dim = a.dim / a.heads;
  a.head_dim = (shape.stored_head_dim + 7) / 8 * 8;  // the smallest that the runtime computes
  a.hidden_dim = config.size("intermediate_size", 4 * a.dim);
  a.norm = NormKind::layer;
  a.norm_epsilon = static_cast<float>(config.number("layer_norm_epsilon", 1e-5));
  a.activation = activation_named(config, config.text("activation_function", "gelu_new"));
  a.attention_scale = 1;
  a.tied_embedding = config.flag("tie_word_embeddings", true);
  make_layers(config, shape);
  const std::vector<std::string> kinds = neo_layer_kinds(config);
  require_entry_per_layer(config,
                          config.has("attention_layers") ? "attention_layers" : "attention_types",
                          kinds.size(), shape);
  const std::uint32_t window = config.count("window_size", 256);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == "local") shape.layers[i].window = window;
    if (kinds[i] != "local" && kinds[i] != "global") {
      config.refuse("attention_types has '", kinds[i], "', which is not supported");
    }
  }
  shape.names = gpt_neo_names;
  shape.output_bias = shape.mlp_bias = shape.norm_bias = true;
  shape.gated = false;
}

/// Phi-2 (Javaheripi et al., 2023): attention and feed-forward read one norm side by side; biases
/// everywhere, also of the head.
void read_phi(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.partial = 0.5});
  Architecture& a = shape.architecture;
  a.norm = NormKind::layer;
  a.norm_epsilon = static_cast<float>(config.number("layer_norm_eps", 1e-5));
  a.activation = activation_named(config, config.text("hidden_act", "gelu_new"));
  a.parallel_blocks = true;
  if (config.flag("qk_layernorm", false)) config.refuse("qk_layernorm is not supported");
  shape.names = phi_names;
  shape.qkv_bias = shape.output_bias = shape.mlp_bias = shape.norm_bias = shape.head_bias = true;
  shape.gated = false;
}

/// GPT-NeoX (Black et al., 2022), Pythia.
void read_neox(const JsonField& config, ModelShape& shape) {
  const double part = config.number("rotary_pct", 0.25);
  if (!(part > 0 && part <= 1)) config.refuse("rotary_pct = ", part, " must be in (0, 1]");
  if (config.has("rotary_pct") && config.number("partial_rotary_factor", part) != part) {
    config.refuse("rotary_pct = ", part,
                  " contradicts partial_rotary_factor = ", config.number("partial_rotary_factor"));
  }
  read_llama_like(config, shape,
                  {.theta = config.number("rotary_emb_base", 10000), .partial = part});
  Architecture& a = shape.architecture;
  a.norm = NormKind::layer;
  a.norm_epsilon = static_cast<float>(config.number("layer_norm_eps", 1e-5));
  a.activation = activation_named(config, config.text("hidden_act", "gelu"));
  a.parallel_blocks = config.flag("use_parallel_residual", true);
  shape.names = neox_names;
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", true);
  shape.mlp_bias = shape.norm_bias = true;
  shape.fused_qkv = shape.fused_by_head = true;
  shape.gated = false;
}

}  // namespace

/// GPT-2 with the exact GELU, matrices that are not transposed, and biases and norm biases only if
/// `bias` is true.
void read_nanogpt(const JsonField& config, ModelShape& shape) {
  read_gpt2(config, shape);
  Architecture& a = shape.architecture;
  a.trained_context = a.learned_positions = config.count("block_size");
  a.activation = Activation::gelu_erf;
  const bool bias = config.flag("bias", true);
  shape.qkv_bias = shape.output_bias = shape.mlp_bias = shape.norm_bias = bias;
  shape.inputs_as_rows = false;
}

std::span<const HfFamily> hf_gpt_families() {
  static constexpr HfFamily families[] = {
      {"gpt2", read_gpt2}, {"gpt_neo", read_gpt_neo}, {"phi", read_phi}, {"gpt_neox", read_neox}};
  return families;
}

}  // namespace ringlet::convert

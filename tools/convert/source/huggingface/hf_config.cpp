#include "source/huggingface/hf_config.hpp"

#include <array>
#include <cmath>
#include <optional>

#include "source/errors.hpp"
#include "source/huggingface/hf_harmless.hpp"
#include "source/huggingface/hf_rotary.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

void read_llama(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
}

/// null disables the window. A config that does not mention it has the family's default.
void read_mistral(const JsonField& config, ModelShape& shape) {
  constexpr std::uint32_t default_window = 4096;
  read_llama_like(config, shape);
  const bool mentioned = config.value().contains("sliding_window");
  const std::uint32_t window = config.size("sliding_window", mentioned ? 0 : default_window);
  read_windows(config, shape, window, [&](std::uint32_t) { return window != 0; });
}

/// An unused window can have any value.
std::uint32_t used_window(const JsonField& config, bool used) {
  const std::optional<JsonField> window = config.find("sliding_window");
  return used && window ? config.size("sliding_window", 0) : used ? 4096 : 0;
}

void read_qwen2(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  shape.qkv_bias = true;
  const bool used = config.flag("use_sliding_window", false);
  const std::uint32_t window = used_window(config, used);
  const std::uint32_t first = config.size("max_window_layers", 28);
  read_windows(config, shape, window, [&](std::uint32_t i) { return used && i >= first; });
}

void read_qwen3(const JsonField& config, ModelShape& shape) {
  read_qwen2(config, shape);
  if (!config.has("head_dim")) config.refuse("head_dim is missing");
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.qk_norm = true;
}

/// Every fourth layer has no rotary embedding, unless a list says which layers have one.
void read_smollm3(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.theta = 2000000});
  shape.architecture.tied_embedding = config.flag("tie_word_embeddings", true);
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
  const bool used = config.flag("use_sliding_window", false);
  if (used && !config.has("sliding_window")) config.refuse("sliding_window is missing");
  const std::uint32_t window = used_window(config, used);
  read_windows(config, shape, window, [](std::uint32_t) { return false; });
  std::vector<std::uint64_t> turned;
  if (config.has("no_rope_layers")) turned = config.sizes("no_rope_layers");
  if (!turned.empty() && turned.size() != shape.layers.size()) {
    config.refuse("no_rope_layers has ", turned.size(), " entries for ", shape.layers.size(),
                  " layers");
  }
  const std::uint32_t interval = config.count("no_rope_layer_interval", 4);
  for (std::uint32_t i = 0; i < shape.layers.size(); ++i) {
    const bool rotary = turned.empty() ? (i + 1) % interval != 0 : turned[i] != 0;
    if (!rotary) shape.layers[i].rotary = Rotary::none;
  }
}

/// The common part of all Gemma generations. Gains are stored minus 1, and the embedding is
/// multiplied by the square root of the width.
void read_gemma_like(const JsonField& config, ModelShape& shape, double theta) {
  read_llama_like(config, shape, {.theta = theta});
  if (!config.has("head_dim")) config.refuse("head_dim is missing");
  Architecture& a = shape.architecture;
  a.tied_embedding = config.flag("tie_word_embeddings", true);
  const std::string name =
      config.text("hidden_activation", config.text("hidden_act", "gelu_pytorch_tanh").c_str());
  // The first configs said "gelu" but meant the tanh form.
  a.activation = name == "gelu" ? Activation::gelu_tanh : activation_named(config, name);
  a.embedding_scale = std::sqrt(static_cast<float>(a.dim));
  shape.gain_offset = 1;
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
}

void read_gemma(const JsonField& config, ModelShape& shape) {
  read_gemma_like(config, shape, RotaryDefaults{}.theta);
}

void read_soft_caps(const JsonField& config, ModelShape& shape, double scores, double logits) {
  Architecture& a = shape.architecture;
  const auto cap = [&](const char* field, double otherwise) {
    // null disables a cap.
    return static_cast<float>(config.number(field, config.value().contains(field) ? 0 : otherwise));
  };
  a.attention_softcap = cap("attn_logit_softcapping", scores);
  a.logit_softcap = cap("final_logit_softcapping", logits);
}

/// Gemma 2 and 3: norms before and after both blocks, and a separate attention scale.
void read_gemma_with_norms(const JsonField& config, ModelShape& shape, double theta) {
  read_gemma_like(config, shape, theta);
  shape.names = gemma_names;
  shape.post_norms = true;
  const double scalar = config.number("query_pre_attn_scalar", 256);
  if (!(scalar > 0)) config.refuse("query_pre_attn_scalar must be positive");
  shape.architecture.attention_scale = 1.0F / std::sqrt(static_cast<float>(scalar));
}

void read_gemma2(const JsonField& config, ModelShape& shape) {
  read_gemma_with_norms(config, shape, RotaryDefaults{}.theta);
  read_soft_caps(config, shape, 50, 30);
  read_windows(config, shape, config.count("sliding_window", 4096),
               [](std::uint32_t i) { return i % 2 == 0; });
}

/// Five layers with a window and their own rotary base, then one without.
void read_gemma3(const JsonField& config, ModelShape& shape) {
  read_gemma_with_norms(config, shape, 1000000);
  read_soft_caps(config, shape, 0, 0);
  shape.qk_norm = true;
  const std::uint32_t pattern =
      config.count("sliding_window_pattern", config.count("_sliding_window_pattern", 6));
  read_windows(config, shape, config.count("sliding_window", 4096),
               [&](std::uint32_t i) { return (i + 1) % pattern != 0; });
  read_hf_local_rotary(config, RotaryDefaults{}.theta, shape);
}

void read_phi3(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.original_context = 4096}, 1e-5);
  shape.fused_qkv = shape.fused_gate_up = true;
  const std::uint32_t window = config.size("sliding_window", 0);
  read_windows(config, shape, window, [&](std::uint32_t) { return window != 0; });
}

void read_stablelm(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.partial = 0.25});
  Architecture& a = shape.architecture;
  a.norm = NormKind::layer;
  // The names in its own code, before Transformers had the family.
  const double epsilon = config.number("layer_norm_eps", config.number("norm_eps", 1e-5));
  a.norm_epsilon = static_cast<float>(epsilon);
  shape.norm_bias = true;
  shape.qkv_bias = config.flag("use_qkv_bias", false);
  for (const char* field : {"use_parallel_residual", "qk_layernorm"}) {
    if (config.flag(field, false)) config.refuse(field, " is not supported");
  }
}

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

/// nanoGPT (github.com/karpathy/nanoGPT): its GPTConfig as JSON. GPT-2 with the exact GELU,
/// matrices that are not transposed, and biases and norm biases only if `bias` is true.
void read_nanogpt(const JsonField& config, ModelShape& shape) {
  read_gpt2(config, shape);
  Architecture& a = shape.architecture;
  shape.family = "nanogpt";
  a.trained_context = a.learned_positions = config.count("block_size");
  a.activation = Activation::gelu_erf;
  const bool bias = config.flag("bias", true);
  shape.qkv_bias = shape.output_bias = shape.mlp_bias = shape.norm_bias = bias;
  shape.inputs_as_rows = false;
}

using FamilyReader = void (*)(const JsonField& config, ModelShape& shape);

struct Family {
  const char* name;
  FamilyReader read;
};

constexpr std::array families = {
    Family{"llama", read_llama},   Family{"mistral", read_mistral},    Family{"qwen2", read_qwen2},
    Family{"qwen3", read_qwen3},   Family{"smollm3", read_smollm3},    Family{"gemma", read_gemma},
    Family{"gemma2", read_gemma2}, Family{"gemma3_text", read_gemma3}, Family{"phi3", read_phi3},
    Family{"gpt2", read_gpt2},     Family{"stablelm", read_stablelm}};

/// MLX writes its affine codes as `quantization`, and again as `quantization_config` without a
/// method. Anything else under the latter name cannot be read.
void refuse_foreign_quantization(const JsonField& config) {
  if (!config.has("quantization_config")) return;
  const JsonField fields = config.object("quantization_config");
  if (config.has("quantization") && !fields.has("quant_method")) return;
  config.refuse("quantization_config: weights quantized by '",
                fields.text("quant_method", "unknown"),
                "' cannot be read; convert the unquantized model");
}

FamilyReader family_reader(const JsonField& config) {
  if (!config.has("model_type") && config.has("n_embd") && config.has("block_size")) {
    return read_nanogpt;
  }
  const std::string name = config.text("model_type");
  for (const Family& family : families) {
    if (name == family.name) return family.read;
  }
  config.refuse("the family '", name, "' is not supported; supported are ",
                supported_hf_families());
}

}  // namespace

std::string supported_hf_families() {
  std::string text;
  for (const Family& family : families) text += std::string(family.name) + ", ";
  return text + "nanoGPT";
}

ModelShape read_hf_config(const JsonField& config) {
  refuse_foreign_quantization(config);
  const FamilyReader read = family_reader(config);
  ModelShape shape;
  shape.family = config.text("model_type", "");
  read(config, shape);
  if (!shape.architecture.local_rotary) read_hf_local_rotary(config, std::nullopt, shape);
  refuse_unread(config, harmless_hf_settings());
  return shape;
}

}  // namespace ringlet::convert

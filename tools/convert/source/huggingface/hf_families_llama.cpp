// Llama and the families that are like it.
#include <optional>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

void read_llama(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
}

void read_mistral(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  const std::uint32_t window = nullable_window(config, 4096);
  read_windows(config, shape, window, [&](std::uint32_t) { return window != 0; });
}

/// An unused window can have any value.
std::uint32_t used_window(const JsonField& config, bool used) {
  const std::optional<JsonField> window = config.find("sliding_window");
  return used && window ? config.size("sliding_window", 0) : used ? 4096 : 0;
}

/// Queries grow with their position.
void read_ministral3(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.theta = 1000000, .grows_queries = true}, 1e-5);
  if (!config.has("rope_parameters")) config.refuse("rope_parameters is missing");
  const std::uint32_t window = config.size("sliding_window", 0);
  read_windows(config, shape, window, [&](std::uint32_t) { return window != 0; });
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
  if (!turned.empty()) require_entry_per_layer(config, "no_rope_layers", turned.size(), shape);
  const std::uint32_t interval = config.count("no_rope_layer_interval", 4);
  for (std::uint32_t i = 0; i < shape.layers.size(); ++i) {
    const bool rotary = turned.empty() ? (i + 1) % interval != 0 : turned[i] != 0;
    if (!rotary) shape.layers[i].rotary = Rotary::none;
  }
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

/// All biases or none. Rotary pairs are neighbors.
void read_ernie(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape, {.theta = 500000}, 1e-5);
  Architecture& a = shape.architecture;
  a.tied_embedding = config.flag("tie_word_embeddings", true);
  shape.interleaved_heads = true;
  shape.qkv_bias = shape.output_bias = shape.mlp_bias = config.flag("use_bias", false);
}

void read_seed_oss(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  shape.qkv_bias = config.flag("attention_bias", true);
  shape.output_bias = config.flag("attention_out_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
}

}  // namespace

std::span<const HfFamily> hf_llama_families() {
  static constexpr HfFamily families[] = {
      {"llama", read_llama},      {"mistral", read_mistral},   {"ministral3", read_ministral3},
      {"qwen2", read_qwen2},      {"qwen3", read_qwen3},       {"smollm3", read_smollm3},
      {"phi3", read_phi3},        {"stablelm", read_stablelm}, {"ernie4_5", read_ernie},
      {"seed_oss", read_seed_oss}};
  return families;
}

}  // namespace ringlet::convert

// The generations of Gemma.
#include <cmath>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

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

}  // namespace

std::span<const HfFamily> hf_gemma_families() {
  static constexpr HfFamily families[] = {
      {"gemma", read_gemma}, {"gemma2", read_gemma2}, {"gemma3_text", read_gemma3}};
  return families;
}

}  // namespace ringlet::convert

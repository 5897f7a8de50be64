// Families with multipliers: Granite and MiniCPM.
#include <cmath>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

float multiplier(const JsonField& config, const char* field) {
  return static_cast<float>(config.positive(field, 1));
}

/// Scores are multiplied by a number of their own, not by 1/sqrt(head_dim).
void read_granite(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  Architecture& a = shape.architecture;
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
  a.embedding_scale = multiplier(config, "embedding_multiplier");
  a.attention_scale = multiplier(config, "attention_multiplier");
  a.residual_scale = multiplier(config, "residual_multiplier");
  shape.logit_divisor = multiplier(config, "logits_scaling");
}

/// The dense models of Granite 4 have the names of its hybrids, without their other parts.
void read_granite_hybrid(const JsonField& config, ModelShape& shape) {
  read_granite(config, shape);
  if (!config.has("layer_types")) config.refuse("layer_types is missing");
  const std::vector<std::string> types = config.texts("layer_types");
  require_entry_per_layer(config, "layer_types", types.size(), shape);
  for (const std::string& type : types) {
    if (type == "attention") continue;
    const char* what = type == "mamba" ? "', a state-space layer" : "'";
    config.refuse("layer_types has '", type, what,
                  ", which is not supported; of this family only dense models are");
  }
  if (config.text("position_embedding_type", "nope") != "rope") {
    config.refuse("position_embedding_type must be \"rope\" in dense models");
  }
  shape.architecture.hidden_dim = config.count("shared_intermediate_size");
  shape.names = granite_hybrid_names;
  shape.fused_gate_up = true;
}

/// MiniCPM (Hu et al., 2024): results of blocks shrink with depth, logits with width.
void read_minicpm(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  Architecture& a = shape.architecture;
  a.tied_embedding = config.flag("tie_word_embeddings", true);
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  a.embedding_scale = multiplier(config, "scale_emb");
  a.residual_scale = multiplier(config, "scale_depth") / std::sqrt(static_cast<float>(a.layers));
  shape.logit_divisor =
      static_cast<float>(a.dim) / static_cast<float>(config.count("dim_model_base", 1));
}

}  // namespace

std::span<const HfFamily> hf_granite_families() {
  static constexpr HfFamily families[] = {{"granite", read_granite},
                                          {"granitemoehybrid", read_granite_hybrid},
                                          {"minicpm", read_minicpm}};
  return families;
}

}  // namespace ringlet::convert

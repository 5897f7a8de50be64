// Families with multipliers: Granite and MiniCPM.
#include <cmath>

#include "source/errors.hpp"
#include "source/huggingface/hf_families.hpp"
#include "source/huggingface/hf_settings.hpp"

namespace ringlet::convert {
namespace {

float positive(const JsonField& config, const char* field, double otherwise) {
  const double value = config.number(field, otherwise);
  if (!(value > 0)) config.refuse(field, " = ", value, " must be positive");
  return static_cast<float>(value);
}

/// Scores are multiplied by a number of their own, not by 1/sqrt(head_dim).
void read_granite(const JsonField& config, ModelShape& shape) {
  read_llama_like(config, shape);
  Architecture& a = shape.architecture;
  shape.qkv_bias = shape.output_bias = config.flag("attention_bias", false);
  shape.mlp_bias = config.flag("mlp_bias", false);
  a.embedding_scale = positive(config, "embedding_multiplier", 1);
  a.attention_scale = positive(config, "attention_multiplier", 1);
  a.residual_scale = positive(config, "residual_multiplier", 1);
  shape.logit_divisor = positive(config, "logits_scaling", 1);
}

/// The dense models of Granite 4 have the names of its hybrids, without their other parts.
void read_granite_hybrid(const JsonField& config, ModelShape& shape) {
  read_granite(config, shape);
  if (!config.has("layer_types")) config.refuse("layer_types is missing");
  const std::vector<std::string> types = config.texts("layer_types");
  if (types.size() != shape.layers.size()) {
    config.refuse("layer_types has ", types.size(), " entries for ", shape.layers.size(),
                  " layers");
  }
  for (const std::string& type : types) {
    if (type == "attention") continue;
    config.refuse("layers of kind '", type,
                  "' are not supported; of this family only dense models are");
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
  a.embedding_scale = positive(config, "scale_emb", 1);
  a.residual_scale = positive(config, "scale_depth", 1) / std::sqrt(static_cast<float>(a.layers));
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

// The generations of Gemma.
#include "support/families_parts.hpp"

namespace ringlet::test {
namespace {

/// Gemma stores the gains of its norms less one.
std::vector<double> gemma_gain(FolderMaker& maker, const std::string& name, std::size_t length) {
  std::vector<double> gain = maker.stored_vector(name, length);
  for (double& value : gain) value += 1;
  return gain;
}

void finish_gemma(Made& made) {
  made.weights.embedding = made.maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  made.weights.head = made.weights.embedding;
  made.weights.final_norm = gemma_gain(made.maker, "model.norm.weight", dim);
  // The implementations compute the root in single precision.
  made.weights.embedding_scale = static_cast<double>(std::sqrt(static_cast<float>(dim)));
  made.weights.activation = reference::Activation::gelu_tanh;
  made.config["tie_word_embeddings"] = true;
  made.config["hidden_activation"] = "gelu_pytorch_tanh";
}

reference::Layer gemma_layer_with_norms(FolderMaker& maker, std::size_t i) {
  reference::Layer layer = llama_matrices(maker, i);
  layer.attention_norm = gemma_gain(maker, in_layer(i, "input_layernorm.weight"), dim);
  layer.post_attention_norm =
      gemma_gain(maker, in_layer(i, "post_attention_layernorm.weight"), dim);
  layer.ffn_norm = gemma_gain(maker, in_layer(i, "pre_feedforward_layernorm.weight"), dim);
  layer.post_ffn_norm = gemma_gain(maker, in_layer(i, "post_feedforward_layernorm.weight"), dim);
  return layer;
}

}  // namespace

static Made make_gemma() {
  Made made;
  start(made, "gemma");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = llama_matrices(made.maker, i);
    layer.attention_norm = gemma_gain(made.maker, in_layer(i, "input_layernorm.weight"), dim);
    layer.ffn_norm = gemma_gain(made.maker, in_layer(i, "post_attention_layernorm.weight"), dim);
    made.weights.layers.push_back(std::move(layer));
  }
  finish_gemma(made);
  return made;
}

static Made make_gemma2() {
  Made made;
  start(made, "gemma2");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = gemma_layer_with_norms(made.maker, i);
    if (i % 2 == 0) layer.window = 8;
    made.weights.layers.push_back(std::move(layer));
  }
  finish_gemma(made);
  // Small caps, so that leaving one out would be seen.
  made.weights.attention_softcap = 1.5;
  made.weights.logit_softcap = 2;
  made.weights.attention_scale = 1 / std::sqrt(24.0);
  made.config.update({{"sliding_window", 8},
                      {"attn_logit_softcapping", 1.5},
                      {"final_logit_softcapping", 2.0},
                      {"query_pre_attn_scalar", 24}});
  return made;
}

Made make_gemma3() {
  Made made;
  start(made, "gemma3_text");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = gemma_layer_with_norms(made.maker, i);
    layer.q_norm = gemma_gain(made.maker, in_layer(i, "self_attn.q_norm.weight"), head_dim);
    layer.k_norm = gemma_gain(made.maker, in_layer(i, "self_attn.k_norm.weight"), head_dim);
    const bool global = (i + 1) % 3 == 0;
    layer.window = global ? 0 : 8;
    layer.frequencies = frequencies(global ? 1000000 : 10000, head_dim);
    if (global) {
      for (double& frequency : layer.frequencies) frequency /= 8;  // linear scaling
    }
    made.weights.layers.push_back(std::move(layer));
  }
  finish_gemma(made);
  made.weights.attention_scale = 1 / std::sqrt(256.0);
  made.config.update({{"sliding_window", 8},
                      {"sliding_window_pattern", 3},
                      {"rope_theta", 1000000.0},
                      {"rope_local_base_freq", 10000.0}});
  made.config["rope_scaling"] = {{"rope_type", "linear"}, {"factor", 8.0}};
  return made;
}

// The language model of Gemma 3 4B and larger, beside the tower that sees. `newer`: as Transformers
// names tensors since version 4.52.
static Made make_gemma3_wrapped(bool newer) {
  Made made = make_gemma3();
  made.maker.rename([newer](const std::string& name) {
    if (!newer) return "language_model." + name;
    return name.starts_with("model.") ? "model.language_model." + name.substr(6) : name;
  });
  const std::string prefix = newer ? "model." : "";
  (void)made.maker.stored_matrix(prefix + "vision_tower.vision_model.post_layernorm.weight", 3, 5);
  (void)made.maker.stored_matrix(prefix + "multi_modal_projector.mm_input_projection_weight", 3, 5);
  const bool tied = made.config["tie_word_embeddings"];
  made.config.erase("tie_word_embeddings");
  made.config = {{"model_type", "gemma3"},
                 {"tie_word_embeddings", tied},
                 {"text_config", made.config},
                 {"vision_config", {{"hidden_act", "gelu"}, {"norm_eps", 1e-6}}},
                 {"mm_tokens_per_image", 256}};
  return made;
}

static void with_usual_scale(nlohmann::json& config) { config["query_pre_attn_scalar"] = head_dim; }

std::span<const Family> gemma_families() {
  static constexpr Family families[] = {
      {"gemma", make_gemma, "gemma"},
      {"gemma2", make_gemma2, "gemma2", with_usual_scale},
      {"gemma3", make_gemma3, "gemma3", with_usual_scale},
      {"gemma3_wrapped", [] { return make_gemma3_wrapped(false); }, nullptr, nullptr, false, true},
      {"gemma3_wrapped_newer", [] { return make_gemma3_wrapped(true); }, nullptr, nullptr, false,
       true},
  };
  return families;
}

}  // namespace ringlet::test

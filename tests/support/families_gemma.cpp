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

static constexpr std::size_t full_head_dim = 32, layer_inputs = 8, token_window = 8;

// Of a head with and without a window. Without one, the first quarter of the pairs rotates, at
// frequencies of the whole head.
static std::vector<double> gemma4_frequencies(bool full) {
  if (!full) return frequencies(10000, head_dim);
  std::vector<double> list = frequencies(1000000, full_head_dim);
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = i < list.size() / 4 ? list[i] / 4 : 0;
  return list;
}

static std::vector<double> whole_gain(FolderMaker& maker, std::size_t i, const char* name,
                                      std::size_t length) {
  return maker.stored_vector(in_layer(i, name), length, 1);
}

// `large`: like the 12B, whose full layers take values from keys, and whose tokens bring no inputs;
// otherwise like the E2B, whose last layers read the caches of those before.
static reference::Layer make_gemma4_layer(FolderMaker& maker, std::size_t i, bool large) {
  const bool full = i % 2 == 1;
  const bool reads = !large && i >= 2;
  const std::size_t d = full ? full_head_dim : head_dim;
  const std::size_t kv = (large && full ? 1 : kv_heads) * d;
  const std::size_t width = reads ? 2 * hidden : hidden;
  reference::Layer layer;
  layer.wq = maker.stored_matrix(in_layer(i, "self_attn.q_proj.weight"), heads * d, dim);
  // Scores are not scaled: as in published models, the gains do it.
  layer.q_norm = maker.stored_vector(in_layer(i, "self_attn.q_norm.weight"), d, 0.25);
  // Checkpoints have the keys of the third layer, which nothing reads.
  if (!reads || i == 2) {
    layer.wk = maker.stored_matrix(in_layer(i, "self_attn.k_proj.weight"), kv, dim);
    layer.k_norm = whole_gain(maker, i, "self_attn.k_norm.weight", d);
    layer.values_are_keys = large && full;
    layer.v_norm.assign(d, 1.0);
    if (!layer.values_are_keys) {
      layer.wv = maker.stored_matrix(in_layer(i, "self_attn.v_proj.weight"), kv, dim);
    }
  }
  if (reads) layer.cache_of = i - 2;
  layer.wo = maker.stored_matrix(in_layer(i, "self_attn.o_proj.weight"), dim, heads * d);
  layer.w_gate = maker.stored_matrix(in_layer(i, "mlp.gate_proj.weight"), width, dim);
  layer.w_up = maker.stored_matrix(in_layer(i, "mlp.up_proj.weight"), width, dim);
  layer.w_down = maker.stored_matrix(in_layer(i, "mlp.down_proj.weight"), dim, width);
  layer.attention_norm = whole_gain(maker, i, "input_layernorm.weight", dim);
  layer.post_attention_norm = whole_gain(maker, i, "post_attention_layernorm.weight", dim);
  layer.ffn_norm = whole_gain(maker, i, "pre_feedforward_layernorm.weight", dim);
  layer.post_ffn_norm = whole_gain(maker, i, "post_feedforward_layernorm.weight", dim);
  layer.output_scale = maker.stored_vector(in_layer(i, "layer_scalar"), 1, 0.8)[0];
  if (!large) {
    layer.per_layer_gate =
        maker.stored_matrix(in_layer(i, "per_layer_input_gate.weight"), layer_inputs, dim);
    layer.per_layer_out =
        maker.stored_matrix(in_layer(i, "per_layer_projection.weight"), dim, layer_inputs);
    layer.per_layer_norm = whole_gain(maker, i, "post_per_layer_input_norm.weight", dim);
  }
  layer.head_dim = d;
  layer.kv_heads = kv / d;
  layer.window = full ? 0 : token_window;
  layer.frequencies = gemma4_frequencies(full);
  return layer;
}

static void add_layer_inputs(Made& made) {
  constexpr std::size_t all = layers * layer_inputs;
  reference::Weights& weights = made.weights;
  weights.per_layer_embedding =
      made.maker.stored_matrix("model.embed_tokens_per_layer.weight", vocabulary, all);
  weights.per_layer_projection =
      made.maker.stored_matrix("model.per_layer_model_projection.weight", all, dim);
  weights.per_layer_norm =
      made.maker.stored_vector("model.per_layer_projection_norm.weight", layer_inputs, 1);
  // The table times the root of its width, the product by the root of dim, the sum by that of 2.
  for (double& value : weights.per_layer_projection.values) value /= std::sqrt(double{dim});
  for (double& value : weights.per_layer_norm) value /= std::sqrt(2.0);
  weights.per_layer_scale = std::sqrt(layer_inputs / 2.0);
  weights.per_layer_epsilon = weights.norm_epsilon;
}

static Made make_gemma4(bool large) {
  Made made;
  start(made, large ? "gemma4_text" : "gemma4");
  for (std::size_t i = 0; i < layers; ++i) {
    made.weights.layers.push_back(make_gemma4_layer(made.maker, i, large));
  }
  finish_gemma(made);
  // Gains are stored whole.
  for (double& value : made.weights.final_norm) value -= 1;
  made.weights.attention_scale = 1;
  made.weights.logit_softcap = 3;
  if (!large) add_layer_inputs(made);
  made.config.update(
      {{"sliding_window", token_window},
       {"global_head_dim", full_head_dim},
       {"num_kv_shared_layers", large ? 0 : 2},
       {"use_double_wide_mlp", !large},
       {"attention_k_eq_v", large},
       {"hidden_size_per_layer_input", large ? 0 : layer_inputs},
       {"vocab_size_per_layer_input", vocabulary},
       {"final_logit_softcapping", 3.0},
       {"layer_types",
        {"sliding_attention", "full_attention", "sliding_attention", "full_attention"}},
       {"rope_parameters",
        {{"full_attention",
          {{"rope_theta", 1000000.0},
           {"partial_rotary_factor", 0.25},
           {"rope_type", "proportional"},
           {"factor", 4.0}}},
         {"sliding_attention", {{"rope_theta", 10000.0}, {"rope_type", "default"}}}}}});
  if (large) made.config["num_global_key_value_heads"] = 1;
  return made;
}

static void with_usual_scale(nlohmann::json& config) { config["query_pre_attn_scalar"] = head_dim; }

std::span<const Family> gemma_families() {
  static constexpr Family families[] = {
      {"gemma", make_gemma, "gemma"},
      {"gemma2", make_gemma2, "gemma2", with_usual_scale},
      {"gemma3", make_gemma3, "gemma3", with_usual_scale},
      {"gemma4", [] { return make_gemma4(false); }, "gemma4"},
      {"gemma4_large", [] { return make_gemma4(true); }, "gemma4"},
      {"gemma3_wrapped", [] { return make_gemma3_wrapped(false); }, nullptr, nullptr, false, true},
      {"gemma3_wrapped_newer", [] { return make_gemma3_wrapped(true); }, nullptr, nullptr, false,
       true},
  };
  return families;
}

}  // namespace ringlet::test

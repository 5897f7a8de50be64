#include "support/families_parts.hpp"

#include <algorithm>
#include <iterator>
#include <numbers>

namespace ringlet::test {

std::vector<double> frequencies(double theta, std::size_t rotary_dim) {
  std::vector<double> list(rotary_dim / 2);
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i] = std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(rotary_dim));
  }
  return list;
}

// YaRN (Peng et al., 2023) in the form of Transformers: a mix of the frequencies and of those that
// the factor divides, whose share grows with the number of the pair between two bounds.
double yarn_frequency(double frequency, std::size_t pair, double original) {
  const double factor = 4, theta = 500000;
  const auto bound = [&](double turns) {
    return head_dim * std::log(original / (turns * 2 * std::numbers::pi)) / (2 * std::log(theta));
  };
  const double low = std::max(std::floor(bound(8)), 0.0);
  const double high = std::min(std::ceil(bound(0.5)), head_dim - 1.0);
  const double ramp =
      std::min(std::max((static_cast<double>(pair) - low) / (high - low), 0.0), 1.0);
  return frequency / factor * ramp + frequency * (1 - ramp);
}

nlohmann::json yarn_settings(int original) {
  return {{"rope_type", "yarn"},
          {"factor", 4.0},
          {"beta_fast", 8.0},
          {"beta_slow", 0.5},
          {"original_max_position_embeddings", original}};
}

void start(Made& made, const char* model_type) {
  made.config = {{"model_type", model_type},
                 {"vocab_size", vocabulary},
                 {"hidden_size", dim},
                 {"intermediate_size", hidden},
                 {"num_hidden_layers", layers},
                 {"num_attention_heads", heads},
                 {"num_key_value_heads", kv_heads},
                 {"head_dim", head_dim},
                 {"max_position_embeddings", 128},
                 {"rms_norm_eps", 1e-5},
                 {"tie_word_embeddings", false}};
  made.weights.heads = heads;
  made.weights.kv_heads = kv_heads;
  made.weights.head_dim = head_dim;
  made.weights.norm_epsilon = 1e-5;
  made.weights.attention_scale = 1 / std::sqrt(static_cast<double>(head_dim));
}

std::string in_layer(std::size_t index, const char* part) {
  return "model.layers." + std::to_string(index) + "." + part;
}

reference::Layer llama_matrices(FolderMaker& maker, std::size_t i) {
  constexpr std::size_t q = heads * head_dim;
  constexpr std::size_t kv = kv_heads * head_dim;
  reference::Layer layer;
  layer.wq = maker.stored_matrix(in_layer(i, "self_attn.q_proj.weight"), q, dim);
  layer.wk = maker.stored_matrix(in_layer(i, "self_attn.k_proj.weight"), kv, dim);
  layer.wv = maker.stored_matrix(in_layer(i, "self_attn.v_proj.weight"), kv, dim);
  layer.wo = maker.stored_matrix(in_layer(i, "self_attn.o_proj.weight"), dim, q);
  layer.w_gate = maker.stored_matrix(in_layer(i, "mlp.gate_proj.weight"), hidden, dim);
  layer.w_up = maker.stored_matrix(in_layer(i, "mlp.up_proj.weight"), hidden, dim);
  layer.w_down = maker.stored_matrix(in_layer(i, "mlp.down_proj.weight"), dim, hidden);
  layer.frequencies = frequencies(10000, head_dim);
  return layer;
}

void add_qkv_biases(FolderMaker& maker, std::size_t i, reference::Layer& layer) {
  layer.bq = maker.stored_vector(in_layer(i, "self_attn.q_proj.bias"), heads * head_dim);
  layer.bk = maker.stored_vector(in_layer(i, "self_attn.k_proj.bias"), kv_heads * head_dim);
  layer.bv = maker.stored_vector(in_layer(i, "self_attn.v_proj.bias"), kv_heads * head_dim);
}

void add_llama_norms(FolderMaker& maker, std::size_t i, reference::Layer& layer) {
  layer.attention_norm = maker.stored_vector(in_layer(i, "input_layernorm.weight"), dim, 1);
  layer.ffn_norm = maker.stored_vector(in_layer(i, "post_attention_layernorm.weight"), dim, 1);
}

void add_ends(Made& made, bool tied) {
  made.weights.embedding = made.maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  made.weights.final_norm = made.maker.stored_vector("model.norm.weight", dim, 1);
  made.weights.head =
      tied ? made.weights.embedding : made.maker.stored_matrix("lm_head.weight", vocabulary, dim);
  made.config["tie_word_embeddings"] = tied;
}

std::span<const Family> all_families() {
  static const std::vector<Family> families = [] {
    std::vector<Family> all;
    for (const std::span<const Family> some :
         {llama_families(), families_of_other_norms(), parallel_families(), gemma_families(),
          gpt2_families(), lfm_families(), qwen_families()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }();
  return families;
}

std::span<const Family> runtime_families() {
  static const std::vector<Family> families = [] {
    std::vector<Family> some;
    std::ranges::copy_if(all_families(), std::back_inserter(some),
                         [](const Family& family) { return !family.is_only_imported; });
    return some;
  }();
  return families;
}

}  // namespace ringlet::test

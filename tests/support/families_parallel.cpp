// Families whose two blocks of a layer read the same residual.
#include <utility>

#include "support/families_parts.hpp"

namespace ringlet::test {

/// A LayerNorm's gain and bias.
static void add_layer_norm(FolderMaker& maker, const std::string& name, std::vector<double>& gain,
                           std::vector<double>& bias) {
  gain = maker.stored_vector(name + ".weight", dim, 1);
  bias = maker.stored_vector(name + ".bias", dim);
}

// Phi-2: both blocks read the residual through one norm; biases everywhere, also of the head.
static Made make_phi() {
  Made made;
  start(made, "phi");
  FolderMaker& maker = made.maker;
  for (std::size_t i = 0; i < layers; ++i) {
    const auto name = [&](const char* part) { return in_layer(i, part); };
    reference::Layer layer;
    const auto projection = [&](const char* part, std::size_t rows, std::size_t columns,
                                reference::Matrix& matrix, std::vector<double>& bias) {
      matrix = maker.stored_matrix(name(part) + ".weight", rows, columns);
      bias = maker.stored_vector(name(part) + ".bias", rows);
    };
    add_layer_norm(maker, name("input_layernorm"), layer.attention_norm, layer.attention_norm_bias);
    layer.ffn_norm = layer.attention_norm;
    layer.ffn_norm_bias = layer.attention_norm_bias;
    projection("self_attn.q_proj", heads * head_dim, dim, layer.wq, layer.bq);
    projection("self_attn.k_proj", kv_heads * head_dim, dim, layer.wk, layer.bk);
    projection("self_attn.v_proj", kv_heads * head_dim, dim, layer.wv, layer.bv);
    projection("self_attn.dense", dim, heads * head_dim, layer.wo, layer.bo);
    projection("mlp.fc1", hidden, dim, layer.w_up, layer.b_up);
    projection("mlp.fc2", dim, hidden, layer.w_down, layer.b_down);
    layer.frequencies = frequencies(10000, head_dim / 2);
    made.weights.layers.push_back(std::move(layer));
  }
  made.weights.embedding = maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  add_layer_norm(maker, "model.final_layernorm", made.weights.final_norm,
                 made.weights.final_norm_bias);
  made.weights.head = maker.stored_matrix("lm_head.weight", vocabulary, dim);
  made.weights.head_bias = maker.stored_vector("lm_head.bias", vocabulary);
  made.weights.layer_norm = made.weights.parallel_blocks = true;
  made.weights.activation = reference::Activation::gelu_tanh;
  made.config.update({{"partial_rotary_factor", 0.5},
                      {"layer_norm_eps", made.weights.norm_epsilon},
                      {"hidden_act", "gelu_new"},
                      {"tie_word_embeddings", false}});
  return made;
}

// GPT-NeoX: both blocks side by side, each with its norm; q, k and v stacked head by head.
static Made make_neox() {
  Made made;
  start(made, "gpt_neox");
  FolderMaker& maker = made.maker;
  constexpr std::size_t width = heads * head_dim;
  made.weights.kv_heads = heads;
  for (std::size_t i = 0; i < layers; ++i) {
    const auto name = [&](const char* part) {
      return "gpt_neox.layers." + std::to_string(i) + "." + part;
    };
    reference::Layer layer;
    add_layer_norm(maker, name("input_layernorm"), layer.attention_norm, layer.attention_norm_bias);
    add_layer_norm(maker, name("post_attention_layernorm"), layer.ffn_norm, layer.ffn_norm_bias);
    layer.wq = maker.matrix(width, dim);
    layer.wk = maker.matrix(width, dim);
    layer.wv = maker.matrix(width, dim);
    layer.bq = maker.vector(width);
    layer.bk = maker.vector(width);
    layer.bv = maker.vector(width);
    reference::Matrix stacked{3 * width, dim, {}};
    std::vector<double> biases;
    for (std::size_t head = 0; head < heads; ++head) {
      for (const auto& [matrix, bias] :
           {std::pair{&layer.wq, &layer.bq}, std::pair{&layer.wk, &layer.bk},
            std::pair{&layer.wv, &layer.bv}}) {
        const auto rows = static_cast<std::ptrdiff_t>(head * head_dim);
        const auto count = static_cast<std::ptrdiff_t>(head_dim);
        const auto columns = static_cast<std::ptrdiff_t>(dim);
        stacked.values.insert(stacked.values.end(), matrix->values.begin() + rows * columns,
                              matrix->values.begin() + (rows + count) * columns);
        biases.insert(biases.end(), bias->begin() + rows, bias->begin() + rows + count);
      }
    }
    maker.store(name("attention.query_key_value.weight"), stacked);
    maker.store(name("attention.query_key_value.bias"), biases);
    layer.wo = maker.stored_matrix(name("attention.dense.weight"), dim, width);
    layer.bo = maker.stored_vector(name("attention.dense.bias"), dim);
    layer.w_up = maker.stored_matrix(name("mlp.dense_h_to_4h.weight"), hidden, dim);
    layer.b_up = maker.stored_vector(name("mlp.dense_h_to_4h.bias"), hidden);
    layer.w_down = maker.stored_matrix(name("mlp.dense_4h_to_h.weight"), dim, hidden);
    layer.b_down = maker.stored_vector(name("mlp.dense_4h_to_h.bias"), dim);
    layer.frequencies = frequencies(10000, head_dim / 4);
    made.weights.layers.push_back(std::move(layer));
  }
  made.weights.embedding = maker.stored_matrix("gpt_neox.embed_in.weight", vocabulary, dim);
  add_layer_norm(maker, "gpt_neox.final_layer_norm", made.weights.final_norm,
                 made.weights.final_norm_bias);
  made.weights.head = maker.stored_matrix("embed_out.weight", vocabulary, dim);
  made.weights.layer_norm = made.weights.parallel_blocks = true;
  made.weights.activation = reference::Activation::gelu_erf;
  made.config.update({{"num_key_value_heads", heads},
                      {"layer_norm_eps", made.weights.norm_epsilon},
                      {"hidden_act", "gelu"},
                      {"rotary_pct", 0.25},
                      {"tie_word_embeddings", false}});
  return made;
}

std::span<const Family> parallel_families() {
  static constexpr Family families[] = {
      {"phi", make_phi, "phi2"},
      {"gpt_neox", make_neox, "gptneox", nullptr, false, true},
  };
  return families;
}

}  // namespace ringlet::test

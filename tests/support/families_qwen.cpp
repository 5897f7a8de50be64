// Qwen3.5: gated delta rules, and gated attention.
#include <cmath>

#include "support/families_parts.hpp"

namespace ringlet::test {

static constexpr std::size_t positions = 4, key_heads = 2, state_heads = 4, key_dim = 16,
                             state_dim = 32;

// Memories from a token to a thousand, as in published models: a random rate would forget at once.
static std::vector<double> decays(std::size_t layer) {
  std::vector<double> list;
  for (std::size_t h = 0; h < state_heads; ++h) {
    list.push_back(0.01 * std::pow(6.0, static_cast<double>(h + layer % 2)));
  }
  return list;
}

static void make_delta(FolderMaker& maker, std::size_t i, bool mlx, reference::Layer& layer) {
  constexpr std::size_t queries = key_heads * key_dim;
  constexpr std::size_t values = state_heads * state_dim;
  layer.wq = maker.matrix(queries, dim);
  layer.wk = maker.matrix(queries, dim);
  layer.wv = maker.matrix(values, dim);
  maker.store(in_layer(i, "linear_attn.in_proj_qkv.weight"), {layer.wq, layer.wk, layer.wv});
  layer.attended_gate =
      maker.stored_matrix(in_layer(i, "linear_attn.in_proj_z.weight"), values, dim);
  layer.state_beta =
      maker.stored_matrix(in_layer(i, "linear_attn.in_proj_b.weight"), state_heads, dim);
  layer.state_step =
      maker.stored_matrix(in_layer(i, "linear_attn.in_proj_a.weight"), state_heads, dim);
  constexpr std::size_t channels = 2 * queries + values;
  const reference::Matrix taps = maker.matrix(channels, positions);
  const std::vector<std::size_t> shape = mlx ? std::vector{channels, positions, std::size_t{1}}
                                             : std::vector{channels, std::size_t{1}, positions};
  maker.store_bytes(in_layer(i, "linear_attn.conv1d.weight"), shape, taps.values, "F32");
  for (std::size_t j = 0; j < positions; ++j) {
    for (std::size_t c = 0; c < channels; ++c) {
      layer.taps.push_back(taps.values[c * positions + j]);
    }
  }
  std::vector<double> logarithms;
  for (const double rate : decays(i)) {
    logarithms.push_back(static_cast<float>(std::log(rate)));
    layer.decay.push_back(-std::exp(logarithms.back()));
  }
  maker.store(in_layer(i, "linear_attn.A_log"), logarithms);
  layer.step_bias = maker.stored_vector(in_layer(i, "linear_attn.dt_bias"), state_heads, 1);
  layer.state_norm = maker.stored_vector(in_layer(i, "linear_attn.norm.weight"), state_dim, 1);
  layer.wo = maker.stored_matrix(in_layer(i, "linear_attn.out_proj.weight"), dim, values);
}

// Gains are stored less `offset`, except those of states.
static std::vector<double> stored_gain(FolderMaker& maker, const std::string& name,
                                       std::size_t length, double offset) {
  std::vector<double> gain = maker.stored_vector(name, length, 1 - offset);
  for (double& value : gain) value += offset;
  return gain;
}

// Below the queries of each head are the rows of its gate.
static void make_attention(FolderMaker& maker, std::size_t i, double offset,
                           reference::Layer& layer) {
  constexpr std::size_t q = heads * head_dim;
  constexpr std::size_t kv = kv_heads * head_dim;
  std::vector<reference::Matrix> parts;
  layer.wq = layer.attended_gate = {q, dim, {}};
  for (std::size_t h = 0; h < heads; ++h) {
    for (reference::Matrix* matrix : {&layer.wq, &layer.attended_gate}) {
      parts.push_back(maker.matrix(head_dim, dim));
      const std::vector<double>& rows = parts.back().values;
      matrix->values.insert(matrix->values.end(), rows.begin(), rows.end());
    }
  }
  maker.store(in_layer(i, "self_attn.q_proj.weight"), parts);
  layer.wk = maker.stored_matrix(in_layer(i, "self_attn.k_proj.weight"), kv, dim);
  layer.wv = maker.stored_matrix(in_layer(i, "self_attn.v_proj.weight"), kv, dim);
  layer.wo = maker.stored_matrix(in_layer(i, "self_attn.o_proj.weight"), dim, q);
  for (auto* gain : {&layer.q_norm, &layer.k_norm}) {
    const char* name =
        gain == &layer.q_norm ? "self_attn.q_norm.weight" : "self_attn.k_norm.weight";
    *gain = stored_gain(maker, in_layer(i, name), head_dim, offset);
  }
  layer.frequencies = frequencies(10000000, head_dim / 4);
}

// `mlx`: as MLX stores it. `recurs`: whether some layers have gated delta rules.
static Made make_qwen3_5(bool mlx, bool recurs = true) {
  Made made;
  start(made, mlx ? "qwen3_5" : "qwen3_5_text");
  const double offset = mlx ? 0 : 1;
  FolderMaker& maker = made.maker;
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer;
    i % 2 == 1 || !recurs ? make_attention(maker, i, offset, layer)
                          : make_delta(maker, i, mlx, layer);
    layer.attention_norm = stored_gain(maker, in_layer(i, "input_layernorm.weight"), dim, offset);
    layer.ffn_norm =
        stored_gain(maker, in_layer(i, "post_attention_layernorm.weight"), dim, offset);
    layer.w_gate = maker.stored_matrix(in_layer(i, "mlp.gate_proj.weight"), hidden, dim);
    layer.w_up = maker.stored_matrix(in_layer(i, "mlp.up_proj.weight"), hidden, dim);
    layer.w_down = maker.stored_matrix(in_layer(i, "mlp.down_proj.weight"), dim, hidden);
    made.weights.layers.push_back(std::move(layer));
  }
  made.weights.embedding = maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  made.weights.final_norm = stored_gain(maker, "model.norm.weight", dim, offset);
  made.weights.head = made.weights.embedding;
  if (!mlx && recurs) maker.stored_matrix("mtp.fc.weight", dim, 2 * dim);
  made.weights.state_heads = state_heads;
  made.weights.state_key_heads = key_heads;
  made.weights.state_head_dim = state_dim;
  made.weights.state_key_dim = key_dim;
  made.config.update({{"tie_word_embeddings", true},
                      {"full_attention_interval", recurs ? 2 : 1},
                      {"attn_output_gate", true},
                      {"linear_conv_kernel_dim", positions},
                      {"linear_key_head_dim", key_dim},
                      {"linear_value_head_dim", state_dim},
                      {"linear_num_key_heads", key_heads},
                      {"linear_num_value_heads", state_heads},
                      {"mamba_ssm_dtype", "float32"},
                      {"mtp_num_hidden_layers", 1},
                      {"rope_parameters",
                       {{"rope_type", "default"},
                        {"rope_theta", 10000000.0},
                        {"partial_rotary_factor", 0.25},
                        {"mrope_interleaved", true},
                        {"mrope_section", {1, 1, 0}}}}});
  return made;
}

std::span<const Family> qwen_families() {
  static constexpr Family families[] = {
      {"qwen3_5", [] { return make_qwen3_5(false); }, "qwen35"},
      {"qwen3_5_attention", [] { return make_qwen3_5(false, false); }, nullptr, nullptr, false,
       true},
      {"qwen3_5_mlx", [] { return make_qwen3_5(true); }, nullptr, nullptr, false, true}};
  return families;
}

}  // namespace ringlet::test

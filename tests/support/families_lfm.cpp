// Families with short convolutions.
#include "support/families_parts.hpp"

namespace ringlet::test {

constexpr std::size_t positions = 3;

/// A layer with a convolution: one matrix of rows B, C and x, taps [dim, 1, positions], and a
/// matrix behind: C ⊙ conv(B ⊙ x).
static void make_convolution(FolderMaker& maker, std::size_t i, bool biases,
                             reference::Layer& layer) {
  layer.wk = maker.matrix(dim, dim);
  layer.wq = maker.matrix(dim, dim);
  layer.wv = maker.matrix(dim, dim);
  maker.store(in_layer(i, "conv.in_proj.weight"), std::vector{layer.wk, layer.wq, layer.wv});
  const std::vector<double> stored = maker.vector(dim * positions, 0.25);
  maker.store_bytes(in_layer(i, "conv.conv.weight"), {dim, 1, positions}, stored, "F32");
  for (std::size_t j = 0; j < positions; ++j) {
    for (std::size_t c = 0; c < dim; ++c) layer.taps.push_back(stored[c * positions + j]);
  }
  layer.wo = maker.stored_matrix(in_layer(i, "conv.out_proj.weight"), dim, dim);
  if (!biases) return;
  const std::vector<double> all = maker.stored_vector(in_layer(i, "conv.in_proj.bias"), 3 * dim);
  const auto part = [&](std::size_t first) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first * dim);
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(dim));
  };
  layer.bk = part(0);
  layer.bq = part(1);
  layer.bv = part(2);
  layer.taps_bias = maker.stored_vector(in_layer(i, "conv.conv.bias"), dim);
  layer.bo = maker.stored_vector(in_layer(i, "conv.out_proj.bias"), dim);
}

static void make_attention(FolderMaker& maker, std::size_t i, reference::Layer& layer) {
  constexpr std::size_t q = heads * head_dim;
  constexpr std::size_t kv = kv_heads * head_dim;
  layer.wq = maker.stored_matrix(in_layer(i, "self_attn.q_proj.weight"), q, dim);
  layer.wk = maker.stored_matrix(in_layer(i, "self_attn.k_proj.weight"), kv, dim);
  layer.wv = maker.stored_matrix(in_layer(i, "self_attn.v_proj.weight"), kv, dim);
  layer.wo = maker.stored_matrix(in_layer(i, "self_attn.out_proj.weight"), dim, q);
  layer.q_norm = maker.stored_vector(in_layer(i, "self_attn.q_layernorm.weight"), head_dim, 1);
  layer.k_norm = maker.stored_vector(in_layer(i, "self_attn.k_layernorm.weight"), head_dim, 1);
  layer.frequencies = frequencies(1000000, head_dim);
}

// LFM2, with the names of its first configs, or with those of Transformers and biases.
static Made make_lfm2(bool older) {
  Made made;
  start(made, "lfm2");
  FolderMaker& maker = made.maker;
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer;
    if (i == 2) {
      make_attention(maker, i, layer);
    } else {
      make_convolution(maker, i, !older, layer);
    }
    layer.attention_norm = maker.stored_vector(in_layer(i, "operator_norm.weight"), dim, 1);
    layer.ffn_norm = maker.stored_vector(in_layer(i, "ffn_norm.weight"), dim, 1);
    layer.w_gate = maker.stored_matrix(in_layer(i, "feed_forward.w1.weight"), hidden, dim);
    layer.w_up = maker.stored_matrix(in_layer(i, "feed_forward.w3.weight"), hidden, dim);
    layer.w_down = maker.stored_matrix(in_layer(i, "feed_forward.w2.weight"), dim, hidden);
    made.weights.layers.push_back(std::move(layer));
  }
  made.weights.embedding = maker.stored_matrix("model.embed_tokens.weight", vocabulary, dim);
  made.weights.final_norm = maker.stored_vector("model.embedding_norm.weight", dim, 1);
  made.weights.head = made.weights.embedding;
  for (const char* name : {"rms_norm_eps", "tie_word_embeddings"}) made.config.erase(name);
  made.config.update({{"norm_eps", 1e-5}, {"rope_theta", 1000000.0}, {"conv_L_cache", positions}});
  if (older) {
    // 2/3 of 104 is 69, and the next multiple of 8 is 72.
    made.config.erase("intermediate_size");
    made.config.update({{"block_ff_dim", 104},
                        {"block_auto_adjust_ff_dim", true},
                        {"block_multiple_of", 8},
                        {"block_ffn_dim_multiplier", 1.0},
                        {"conv_bias", false},
                        {"full_attn_idxs", {2}}});
  } else {
    made.config.update({{"block_auto_adjust_ff_dim", false},
                        {"block_ffn_dim_multiplier", 1.0},
                        {"conv_bias", true},
                        {"layer_types", {"conv", "conv", "full_attention", "conv"}}});
  }
  return made;
}

std::span<const Family> lfm_families() {
  static constexpr Family families[] = {
      {"lfm2", [] { return make_lfm2(true); }, "lfm2"},
      {"lfm2_biased", [] { return make_lfm2(false); }},
  };
  return families;
}

}  // namespace ringlet::test

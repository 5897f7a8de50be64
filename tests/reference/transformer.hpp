// The oracle: a decoder-only transformer in double precision, written for reading, with what Llama,
// Mistral, Qwen, SmolLM, Gemma, Phi-3, StableLM and GPT-2 have. It shares no code with the runtime.
// It remembers q, k and v of every position before rotation and computes attention over the sink
// tokens and the window from scratch for every token: no ring, no cache of rotated keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reference {

struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;  // row-major
};

enum class Activation { silu, gelu_tanh, gelu_erf, relu_squared };

/// Absent parts are empty: biases, norms of heads and of block outputs, the gate.
struct Layer {
  std::vector<double> attention_norm, attention_norm_bias;
  Matrix wq, wk, wv, wo;
  std::vector<double> bq, bk, bv, bo;
  std::vector<double> q_norm, k_norm;          // of each head
  std::vector<double> all_q_norm, all_k_norm;  // of all heads together
  std::vector<double> attended_norm, hidden_norm;
  std::vector<double> post_attention_norm;
  std::vector<double> ffn_norm, ffn_norm_bias;
  Matrix w_gate, w_up, w_down;
  std::vector<double> b_gate, b_up, b_down;
  std::vector<double> post_ffn_norm;
  std::vector<double> taps;  // of a convolution in place of attention: positions, oldest first,
                             // by channels
  std::vector<double> taps_bias;
  Matrix attended_gate;  // of what comes before wo
  Matrix state_beta;     // of a gated delta rule in place of attention, a row for each head
  Matrix state_step;
  std::vector<double> decay;  // negative
  std::vector<double> step_bias;
  std::vector<double> state_norm;
  std::vector<double> v_norm;  // of each head
  /// What the layer makes of its own input of a token.
  Matrix per_layer_gate, per_layer_out;
  std::vector<double> per_layer_norm;
  double output_scale = 1;
  std::size_t head_dim = 0, kv_heads = 0;  // the layer's own; 0: the model's
  std::size_t cache_of = SIZE_MAX;         // the layer whose keys and values it reads
  bool values_are_keys = false;            // before their norm
  std::size_t window = 0;                  // the layer's own; 0: none
  std::vector<double> frequencies;  // radians per position of each rotary pair; none: no rotation
};

struct Weights {
  std::size_t heads = 0;
  std::size_t kv_heads = 0;
  std::size_t head_dim = 0;
  double norm_epsilon = 0;
  double attention_scale = 0;
  bool layer_norm = false;  // norms take the mean away first
  Activation activation = Activation::silu;
  double embedding_scale = 1;
  double attention_softcap = 0;  // 0: none
  double logit_softcap = 0;
  double rotary_scale = 1;
  double residual_scale = 1;
  bool parallel_blocks = false;
  bool norm_after_rotary = false;
  std::size_t state_heads = 0;  // of values; neighbours share a head of keys
  std::size_t state_key_heads = 0;
  std::size_t state_head_dim = 0;
  std::size_t state_key_dim = 0;
  double query_growth = 0;  // queries times 1 + growth · ln(1 + ⌊position / length⌋)
  std::size_t query_growth_length = 1;
  Matrix embedding;
  Matrix positions;  // learned ones; empty: none
  std::vector<Layer> layers;
  std::vector<double> final_norm, final_norm_bias;
  Matrix head;  // the embedding again where it is tied
  std::vector<double> head_bias;
  /// A token's inputs for all layers: scale · (a row of the table) + the norm of a projection of
  /// its embedding.
  Matrix per_layer_embedding, per_layer_projection;
  std::vector<double> per_layer_norm;
  double per_layer_scale = 1;
  double per_layer_epsilon = 0;
};

class Transformer {
 public:
  /// Attention sees the first `sinks` positions and, besides them, the last `window`.
  Transformer(Weights weights, std::size_t sinks, std::size_t window);

  /// Appends a token and returns the scores of the next.
  std::vector<double> forward(std::uint32_t token);

 private:
  using Vector = std::vector<double>;

  [[nodiscard]] Vector embed(std::uint32_t token) const;
  [[nodiscard]] Vector norm(const Vector& x, const Vector& gain, const Vector& bias) const;
  [[nodiscard]] Vector layer_inputs(std::uint32_t token, const Vector& embedding) const;
  void add_input(const Layer& layer, const double* input, Vector& x) const;
  [[nodiscard]] std::size_t head_dim(const Layer& layer) const {
    return layer.head_dim != 0 ? layer.head_dim : weights_.head_dim;
  }
  [[nodiscard]] Vector head_norms(Vector heads, const Vector& gain) const;
  void remember(const Layer& layer, std::size_t index, const Vector& x);
  Vector attention(const Layer& layer, std::size_t index);
  [[nodiscard]] Vector convolution(const Layer& layer, std::size_t index) const;
  Vector gated_delta(const Layer& layer, std::size_t index);
  [[nodiscard]] Vector convolved(const Layer& layer, std::size_t index, std::size_t position) const;
  [[nodiscard]] Vector head_attention(const Layer& layer, std::size_t index,
                                      std::size_t head) const;
  [[nodiscard]] Vector rotated(const Layer& layer, const Vector& heads, const Vector& gain,
                               std::size_t head, std::size_t position) const;
  [[nodiscard]] Vector feed_forward(const Layer& layer, const Vector& x) const;

  /// What one layer computed for every position so far, before rotation.
  struct History {
    std::vector<Vector> q, k, v;
    std::vector<Vector> x;  // what the layer read
    Vector states;          // of a gated delta rule: head by head, keys by values
  };

  Weights weights_;
  std::size_t sinks_;
  std::size_t window_;
  std::size_t position_ = 0;
  std::vector<History> history_;
};

}  // namespace reference

// The oracle: a Llama-family transformer in double precision, written for reading. It shares no
// code with the runtime. It remembers q, k and v of every position before rotation and computes
// attention over the pinned tokens and the window from scratch for every token: no ring, no cache
// of rotated keys.
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

struct Layer {
  std::vector<double> attention_norm;
  Matrix wq, wk, wv, wo;
  std::vector<double> ffn_norm;
  Matrix w_gate, w_up, w_down;
  std::size_t window = 0;  // the layer's own; 0: none
};

struct Weights {
  std::size_t heads = 0;
  std::size_t kv_heads = 0;
  std::size_t head_dim = 0;
  std::size_t rotary_dim = 0;
  double norm_epsilon = 0;
  double attention_scale = 0;
  double rope_theta = 0;
  Matrix embedding;
  std::vector<Layer> layers;
  std::vector<double> final_norm;
  Matrix head;  // the embedding again where it is tied
};

class Transformer {
 public:
  /// Attention sees the first `pinned` positions and, besides them, the last `window`.
  Transformer(Weights weights, std::size_t pinned, std::size_t window);

  /// Appends a token and returns the scores of the next.
  std::vector<double> forward(std::uint32_t token);

 private:
  using Vector = std::vector<double>;

  [[nodiscard]] Vector attention(const Layer& layer, std::size_t index) const;
  [[nodiscard]] Vector head_attention(const Layer& layer, std::size_t index,
                                      std::size_t head) const;
  [[nodiscard]] Vector rotated(const Vector& heads, std::size_t head, std::size_t position) const;

  /// What one layer computed for every position so far, before rotation.
  struct History {
    std::vector<Vector> q, k, v;
  };

  Weights weights_;
  std::size_t pinned_;
  std::size_t window_;
  std::size_t position_ = 0;
  std::vector<History> history_;
};

}  // namespace reference

// The architecture of a model, as plain data: everything that differs between the supported
// families.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Normalization at the input of a block: RMSNorm (rms) or LayerNorm (layer), which also subtracts
/// the mean.
enum class NormKind : std::uint8_t { rms = 0, layer = 1 };

/// Activation function of the feed-forward block.
enum class Activation : std::uint8_t { silu = 0, gelu_tanh = 1, gelu_erf = 2, relu_squared = 3 };

/// Which table of rotary frequencies a layer uses for queries and keys.
enum class Rotary : std::uint8_t { global = 0, local = 1, none = 2 };

/// How a layer mixes tokens.
enum class Mixer : std::uint8_t { attention = 0, short_convolution = 1, gated_delta = 2 };

/// The hyperparameters of a model. Model::open fills them in and verifies them: head counts divide
/// evenly and no product of sizes overflows. Sizes are in elements. A layer can have its own
/// hidden_dim, kv_heads, head_dim and rotary_dim: Model::architecture(layer).
struct Architecture {
  std::uint32_t vocab_size = 0;
  std::uint32_t dim = 0;         // width of the residual stream
  std::uint32_t hidden_dim = 0;  // width of the feed-forward block
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;     // query heads
  std::uint32_t kv_heads = 0;  // key/value heads: equal to heads (MHA), fewer (GQA) or one (MQA)
  std::uint32_t head_dim = 0;
  /// Leading dimensions of a head that are rotated, in pairs (i, i + rotary_dim/2).
  std::uint32_t rotary_dim = 0;
  std::uint32_t trained_context = 0;  // context length of the training, in tokens
  float norm_epsilon = 0;
  float attention_scale = 0;    // multiplies q·k before the softmax, usually 1/sqrt(head_dim)
  bool tied_embedding = false;  // lm_head is the embedding matrix
  NormKind norm = NormKind::rms;
  Activation activation = Activation::silu;
  bool local_rotary = false;       // some layers use the second table of rotary frequencies
  bool parallel_blocks = false;    // both blocks of a layer read the same residual
  bool norm_after_rotary = false;  // norms of heads apply after rotation
  bool attended_gate = false;      // some layers multiply what they attended to by a gate
  /// Positions that a convolution reads, its own included; 0: no layer has one.
  std::uint8_t convolution = 0;
  float embedding_scale = 1;            // multiplies the embedding of a token
  float attention_softcap = 0;          // scores become cap · tanh(score / cap); 0: off
  float logit_softcap = 0;              // the same for logits; 0: off
  float rotary_scale = 1;               // multiplies cosines and sines
  std::uint32_t learned_positions = 0;  // rows of the learned position table; 0: none
  float residual_scale = 1;             // multiplies the result of a block
  /// Queries at a position are multiplied by 1 + query_growth · ln(1 + ⌊position / length⌋). 0:
  /// off.
  float query_growth = 0;
  std::uint32_t query_growth_length = 0;
  /// Of gated delta rules: heads of values, heads of queries and keys, and the sizes of both. 0: no
  /// layer has one.
  std::uint16_t state_heads = 0;
  std::uint16_t state_key_heads = 0;
  std::uint16_t state_head_dim = 0;
  std::uint16_t state_key_dim = 0;
  /// Of layers that use the second table of frequencies; 0: there are none.
  std::uint16_t local_rotary_dim = 0;
  /// Numbers that a token brings for each layer, beside its embedding; 0: none.
  std::uint16_t per_layer_dim = 0;

  [[nodiscard]] constexpr std::uint32_t query_dim() const noexcept { return heads * head_dim; }
  [[nodiscard]] constexpr std::uint32_t kv_dim() const noexcept { return kv_heads * head_dim; }
  [[nodiscard]] constexpr std::uint32_t heads_per_kv() const noexcept { return heads / kv_heads; }
  /// Of a gated delta rule: the widths of all queries (or keys), and of all values.
  [[nodiscard]] constexpr std::uint32_t state_queries() const noexcept {
    return std::uint32_t{state_key_heads} * state_key_dim;
  }
  [[nodiscard]] constexpr std::uint32_t state_values() const noexcept {
    return std::uint32_t{state_heads} * state_head_dim;
  }
  /// Queries, keys and values together.
  [[nodiscard]] constexpr std::uint32_t state_channels() const noexcept {
    return 2 * state_queries() + state_values();
  }
};

}  // namespace ringlet

// The shape of a model: what differs between models of the supported families, as plain data.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// How the input of a block is normed: by its root mean square, with (layer) or without (rms)
/// taking the mean away first.
enum class NormKind : std::uint8_t { rms = 0, layer = 1 };

/// The function of the feed-forward.
enum class Activation : std::uint8_t { silu = 0, gelu_tanh = 1, gelu_erf = 2 };

/// By which table of angles a layer turns queries and keys.
enum class Rotary : std::uint8_t { global = 0, local = 1, none = 2 };

/// All sizes are in elements. Read once from the model file and verified there, so that
/// heads · head_dim, kv_heads | heads and every product fit without overflow.
struct Architecture {
  std::uint32_t vocab_size = 0;
  std::uint32_t dim = 0;         // width of the residual stream
  std::uint32_t hidden_dim = 0;  // width of the gated feed-forward
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;     // query heads
  std::uint32_t kv_heads = 0;  // key/value heads: heads (MHA), fewer (GQA) or one (MQA)
  std::uint32_t head_dim = 0;
  std::uint32_t rotary_dim =
      0;  // leading dimensions of a head that are rotated, in pairs (i, i + rotary_dim/2)
  std::uint32_t context = 0;  // positions that the model was trained on
  float norm_epsilon = 0;
  float attention_scale = 0;  // multiplies q·k before the softmax, usually 1/sqrt(head_dim)
  bool tied_head = false;     // the output head is the embedding matrix
  NormKind norm = NormKind::rms;
  Activation activation = Activation::silu;
  float embedding_scale = 1;    // multiplies the embedding of a token
  float attention_softcap = 0;  // scores become cap · tanh(score / cap); 0: they stay
  float logit_softcap = 0;      // logits likewise
  float rotary_scale = 1;       // multiplies cosines and sines
  bool local_rotary = false;    // some layers turn by a second table of steps
  std::uint32_t positions = 0;  // rows of the table of learned positions; 0: there is none

  [[nodiscard]] constexpr std::uint32_t query_dim() const noexcept { return heads * head_dim; }
  [[nodiscard]] constexpr std::uint32_t kv_dim() const noexcept { return kv_heads * head_dim; }
  [[nodiscard]] constexpr std::uint32_t heads_per_kv() const noexcept { return heads / kv_heads; }
};

}  // namespace ringlet

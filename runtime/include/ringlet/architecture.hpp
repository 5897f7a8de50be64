// The shape of a model: what differs between models of the supported families, as plain data.
#pragma once

#include <cstdint>

namespace ringlet {

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

  [[nodiscard]] constexpr std::uint32_t query_dim() const noexcept { return heads * head_dim; }
  [[nodiscard]] constexpr std::uint32_t kv_dim() const noexcept { return kv_heads * head_dim; }
  [[nodiscard]] constexpr std::uint32_t heads_per_kv() const noexcept { return heads / kv_heads; }
};

}  // namespace ringlet

// Typed views of a verified model's weights, made on the fly from the tables: no memory, no names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/views.hpp"
#include "ringlet/model.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// The weights of one layer of the Llama family. Matrices have one row per output.
struct LayerWeights {
  const float* attention_norm = nullptr;  // dim
  PackedMatrix wq;                        // query_dim × dim
  PackedMatrix wk;                        // kv_dim × dim
  PackedMatrix wv;                        // kv_dim × dim
  PackedMatrix wo;                        // dim × query_dim
  const float* ffn_norm = nullptr;        // dim
  PackedMatrix w_gate;                    // hidden_dim × dim
  PackedMatrix w_up;                      // hidden_dim × dim
  PackedMatrix w_down;                    // dim × hidden_dim
  bool turn_keys =
      false;  // integer keys are stored after a Hadamard transform, and queries meet them so
  const float* key_bias = nullptr;  // kv_dim, what integer keys are stored without; may be null
};

/// The view of one matrix of the tables; `data` is the data segment.
[[nodiscard]] PackedMatrix view(const schema::Matrix& matrix,
                                std::span<const std::byte> data) noexcept;

[[nodiscard]] LayerWeights layer_weights(const Model& model, std::uint32_t layer) noexcept;
/// Whether some layer has a key bias.
[[nodiscard]] bool has_key_bias(const Model& model) noexcept;
[[nodiscard]] PackedMatrix embedding(const Model& model) noexcept;           // vocab_size × dim
[[nodiscard]] PackedMatrix output_head(const Model& model) noexcept;         // vocab_size × dim
[[nodiscard]] const float* final_norm(const Model& model) noexcept;          // dim
[[nodiscard]] const std::uint64_t* rope_steps(const Model& model) noexcept;  // rotary_dim / 2

}  // namespace ringlet

// Typed views of a verified model's weights, made on the fly from the tables: no memory, no names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/views.hpp"
#include "ringlet/model.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// Gain and, where a model has one, bias of a norm. A norm that a model lacks has no gain.
struct NormWeights {
  const float* gain = nullptr;
  const float* bias = nullptr;
};

/// The weights of one layer. Matrices have one row per output; pointers to what a model lacks are
/// null, and so are the codes of its gate.
struct LayerWeights {
  NormWeights attention_norm;       // dim
  PackedMatrix wq;                  // query_dim × dim
  PackedMatrix wk;                  // kv_dim × dim
  PackedMatrix wv;                  // kv_dim × dim
  const float* bq = nullptr;        // query_dim
  const float* bk = nullptr;        // kv_dim
  const float* bv = nullptr;        // kv_dim
  const float* q_norm = nullptr;    // head_dim
  const float* k_norm = nullptr;    // head_dim
  PackedMatrix wo;                  // dim × query_dim
  const float* bo = nullptr;        // dim
  NormWeights post_attention_norm;  // dim
  NormWeights ffn_norm;             // dim
  PackedMatrix w_gate;              // hidden_dim × dim
  PackedMatrix w_up;                // hidden_dim × dim
  PackedMatrix w_down;              // dim × hidden_dim
  const float* b_gate = nullptr;    // hidden_dim
  const float* b_up = nullptr;      // hidden_dim
  const float* b_down = nullptr;    // dim
  NormWeights post_ffn_norm;        // dim
  Rotary rotary = Rotary::global;
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
[[nodiscard]] PackedMatrix embedding(const Model& model) noexcept;    // vocab_size × dim
[[nodiscard]] PackedMatrix positions(const Model& model) noexcept;    // positions × dim, or empty
[[nodiscard]] PackedMatrix output_head(const Model& model) noexcept;  // vocab_size × dim
[[nodiscard]] NormWeights final_norm(const Model& model) noexcept;    // dim

/// Whether a session with this context turns keys by the steps for long contexts. Keys that were
/// turned by the others mean something else.
bool has_long_steps(const Model& model, std::uint32_t context) noexcept;

/// The rotary steps of a session with this context, rotary_dim / 2 of them. `rotary` is not none;
/// local steps are there where the architecture says so.
[[nodiscard]] const std::uint64_t* rope_steps(const Model& model, Rotary rotary,
                                              std::uint32_t context) noexcept;

}  // namespace ringlet

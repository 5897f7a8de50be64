// Typed views of a verified model's weights, made from the tables on demand. They take no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/packed_matrix.hpp"
#include "model/as_built.hpp"
#include "ringlet/model.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// The gain of a norm, and its bias if the model has one.
struct NormWeights {
  const float* gain = nullptr;
  FamilyFloats bias;
};

/// Reads tensors of one table of the schema by field (VT_…). Absent ones are empty or null.
struct TensorReader {
  const void* table;  // a schema::Layer or schema::Model
  std::span<const std::byte> data;

  [[nodiscard]] PackedMatrix matrix(flatbuffers::voffset_t field) const noexcept;
  [[nodiscard]] const float* floats(flatbuffers::voffset_t field) const noexcept;
  /// The same for what a build can leave out: it then reads nothing.
  template <bool built>
  [[nodiscard]] OptionalFloats<built> optional(flatbuffers::voffset_t field) const noexcept {
    if constexpr (built) {
      return floats(field);
    } else {
      return nullptr;
    }
  }
  [[nodiscard]] FamilyFloats of_families(flatbuffers::voffset_t field) const noexcept {
    return optional<features::families>(field);
  }
  [[nodiscard]] NormWeights norm(flatbuffers::voffset_t gain,
                                 flatbuffers::voffset_t bias) const noexcept;
};

/// The weights of one layer. Matrices have one row per output. Pointers are null for tensors that
/// the model does not have or the build left out.
struct LayerWeights {
  using Layer = schema::Layer;
  TensorReader read;  // first, because the other members use it

  NormWeights attention_norm =  // dim
      read.norm(Layer::VT_ATTENTION_NORM, Layer::VT_ATTENTION_NORM_BIAS);
  PackedMatrix wq = read.matrix(Layer::VT_WQ);               // query_dim × dim
  PackedMatrix wk = read.matrix(Layer::VT_WK);               // kv_dim × dim
  PackedMatrix wv = read.matrix(Layer::VT_WV);               // kv_dim × dim
  FamilyFloats bq = read.of_families(Layer::VT_BQ);          // query_dim
  FamilyFloats bk = read.of_families(Layer::VT_BK);          // kv_dim
  FamilyFloats bv = read.of_families(Layer::VT_BV);          // kv_dim
  FamilyFloats q_norm = read.of_families(Layer::VT_Q_NORM);  // head_dim
  FamilyFloats k_norm = read.of_families(Layer::VT_K_NORM);  // head_dim
  FamilyFloats all_q_norm =                                  // query_dim
      read.of_families(Layer::VT_ALL_Q_NORM);
  FamilyFloats all_k_norm =  // kv_dim
      read.of_families(Layer::VT_ALL_K_NORM);
  FamilyFloats attended_norm =  // query_dim
      read.of_families(Layer::VT_ATTENDED_NORM);
  PackedMatrix wo = read.matrix(Layer::VT_WO);       // dim × query_dim
  FamilyFloats bo = read.of_families(Layer::VT_BO);  // dim
  FamilyFloats post_attention_norm =                 // dim, its gain
      read.of_families(Layer::VT_POST_ATTENTION_NORM);
  NormWeights ffn_norm =  // dim
      read.norm(Layer::VT_FFN_NORM, Layer::VT_FFN_NORM_BIAS);
  PackedMatrix w_gate = read.matrix(Layer::VT_W_GATE);  // hidden_dim × dim
  PackedMatrix w_up = read.matrix(Layer::VT_W_UP);      // hidden_dim × dim
  FamilyFloats hidden_norm =                            // hidden_dim
      read.of_families(Layer::VT_HIDDEN_NORM);
  PackedMatrix w_down = read.matrix(Layer::VT_W_DOWN);       // dim × hidden_dim
  FamilyFloats b_gate = read.of_families(Layer::VT_B_GATE);  // hidden_dim
  FamilyFloats b_up = read.of_families(Layer::VT_B_UP);      // hidden_dim
  FamilyFloats b_down = read.of_families(Layer::VT_B_DOWN);  // dim
  FamilyFloats post_ffn_norm =                               // dim, its gain
      read.of_families(Layer::VT_POST_FFN_NORM);
  PerLayerFloats v_norm =  // head_dim
      read.optional<features::per_layer>(Layer::VT_V_NORM);
  KeyBiasFloats key_bias =  // kv_dim; integer keys are stored without it
      read.optional<features::key_bias>(Layer::VT_KEY_BIAS);
  Rotary rotary = Rotary::global;
  bool hadamard_keys =
      false;  // integer keys are stored after a Hadamard transform; queries get it too

  /// Whether the feed-forward block has a gate. If not, w_gate is empty.
  [[nodiscard]] bool is_gated() const noexcept {
    return !features::families || w_gate.codes != nullptr;
  }
};

/// What only layers with gates, or without attention, have. Layers that do not attend have taps.
struct RecurrentWeights {
  using Layer = schema::Layer;
  TensorReader read;  // first, because the other members use it

  const float* taps = read.floats(Layer::VT_TAPS);            // convolution × channels
  const float* taps_bias = read.floats(Layer::VT_TAPS_BIAS);  // dim
  PackedMatrix attended_gate =                                // columns of wo × dim
      read.matrix(Layer::VT_ATTENDED_GATE);
  PackedMatrix state_gates = read.matrix(Layer::VT_STATE_GATES);  // 2 · state_heads × dim
  const float* decay = read.floats(Layer::VT_DECAY);              // state_heads
  const float* step_bias = read.floats(Layer::VT_STEP_BIAS);      // state_heads
  const float* state_norm = read.floats(Layer::VT_STATE_NORM);    // state_head_dim
};

/// What a layer with inputs of its own has, beside the rest.
struct PerLayerWeights {
  using Layer = schema::Layer;
  TensorReader read;  // first, because the other members use it

  PackedMatrix gate = read.matrix(Layer::VT_PER_LAYER_GATE);  // per_layer_dim × dim
  PackedMatrix out = read.matrix(Layer::VT_PER_LAYER_OUT);    // dim × per_layer_dim
  const float* norm = read.floats(Layer::VT_PER_LAYER_NORM);  // dim
};

/// Returns the view of one matrix. `data` is the data segment.
[[nodiscard]] PackedMatrix view(const schema::Matrix& matrix,
                                std::span<const std::byte> data) noexcept;

[[nodiscard]] LayerWeights layer_weights(const Model& model, std::uint32_t layer) noexcept;
[[nodiscard]] RecurrentWeights recurrent_weights(const Model& model, std::uint32_t layer) noexcept;
[[nodiscard]] PerLayerWeights per_layer_weights(const Model& model, std::uint32_t layer) noexcept;
/// What the result of a layer is multiplied by.
[[nodiscard]] float output_scale(const Model& model, std::uint32_t layer) noexcept;
/// The gate of what a layer attends to, or an empty matrix.
[[nodiscard]] PackedMatrix attended_gate(const Model& model, std::uint32_t layer) noexcept;
/// Whether any layer has a key bias.
[[nodiscard]] bool has_key_bias(const Model& model) noexcept;
[[nodiscard]] PackedMatrix embedding(const Model& model) noexcept;  // vocab_size × dim
[[nodiscard]] PackedMatrix positions(const Model& model) noexcept;  // positions × dim, or empty
[[nodiscard]] PackedMatrix lm_head(const Model& model) noexcept;    // vocab_size × dim
/// vocab_size × layers·per_layer_dim, and layers·per_layer_dim × dim; or empty
[[nodiscard]] PackedMatrix per_layer_embedding(const Model& model) noexcept;
[[nodiscard]] PackedMatrix per_layer_projection(const Model& model) noexcept;
[[nodiscard]] const float* floats_of_model(const Model& model,
                                           flatbuffers::voffset_t field) noexcept;
[[nodiscard]] inline FamilyFloats lm_head_bias(
    const Model& model) noexcept {  // vocab_size, or null
  if constexpr (!features::families) return nullptr;
  return floats_of_model(model, schema::Model::VT_LM_HEAD_BIAS);
}
[[nodiscard]] NormWeights final_norm(const Model& model) noexcept;  // dim

/// Whether a session with this context rotates keys with the frequencies for long contexts. Keys
/// that were rotated with the other frequencies cannot be mixed with them.
bool has_long_frequencies(const Model& model, std::uint32_t context) noexcept;

/// Returns the rotary_dim / 2 rotary frequencies of a session with this context. `rotary` must not
/// be none, and local only if the architecture has local frequencies.
[[nodiscard]] const std::uint64_t* rotary_frequencies(const Model& model, Rotary rotary,
                                                      std::uint32_t context) noexcept;

}  // namespace ringlet

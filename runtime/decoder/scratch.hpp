// The decoder's working memory: every buffer of a forward pass of up to n tokens, with the steps of
// a layer in which it is alive. Buffers that are never alive together share bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "decoder/key_bias.hpp"
#include "kernels/kernel_set.hpp"
#include "memory/arena.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/config.hpp"

namespace ringlet {

/// The steps of a layer, as lifetimes in the memory plan.
enum class Step : std::uint8_t {
  embed = 0,
  attention_norm,
  project_qkv,
  attend,
  project_output,
  ffn_norm,
  gate_up,
  down,
  head,
};

/// Floats of n tokens, `stride` apart.
struct Rows {
  float* data = nullptr;
  std::uint32_t stride = 0;  // a multiple of 16

  [[nodiscard]] float* row(std::size_t token) const noexcept { return data + token * stride; }
};

/// Room to quantize n vectors.
struct QuantizedRows {
  QuantizedVector first;
  std::uint32_t code_stride = 0;
  std::uint32_t group_stride = 0;
};

/// What one lane needs for attention of one token over one kv head.
struct AttentionLane {
  float* queries = nullptr;            // heads_per_kv × head_dim, rotated
  std::int8_t* query_codes = nullptr;  // heads_per_kv × head_dim padded to 16
  float* query_scales = nullptr;       // heads_per_kv
  float* scores = nullptr;             // heads_per_kv × one segment
  float* values = nullptr;             // heads_per_kv × head_dim, of one segment
  SoftmaxState* segments = nullptr;    // heads_per_kv, of the segment in hand
  SoftmaxState* totals = nullptr;      // heads_per_kv, of all segments so far
  KeyBiasLane bias;                    // empty unless the model has key biases
  // Values and states of the segments of an item that another lane began and will fold.
  float* kept_values = nullptr;
  SoftmaxState* kept_states = nullptr;
};

/// Cosines and sines of n tokens, one entry per rotary pair.
struct RotaryRows {
  float* cosine = nullptr;
  float* sine = nullptr;
  std::uint32_t pairs = 0;
  std::uint32_t stride = 0;
};

struct Scratch {
  Rows residual;
  RotaryRows rotary;         // at the tokens' own positions
  RotaryRows pinned_rotary;  // of the second query, through which pinned keys are seen
  RotaryRows local_rotary;   // by the second table of steps; no pairs where the model has none
  Rows attention_input;
  QuantizedRows attention_input_codes;
  Rows queries;
  Rows keys;
  Rows values;
  Rows attended;
  QuantizedRows attended_codes;
  Rows attention_output;
  Rows ffn_input;
  QuantizedRows ffn_input_codes;
  Rows gate;
  Rows up;
  QuantizedRows hidden_codes;
  Rows ffn_output;
  Rows head_input;
  QuantizedRows head_input_codes;
  std::byte* lanes = nullptr;
  float* key_bias_table = nullptr;  // and of local angles behind it; null without key biases
  std::uint32_t kept_segments = 0;  // that a lane has room for

  /// The part of `lanes` that belongs to one lane.
  [[nodiscard]] AttentionLane lane(const Architecture& architecture,
                                   std::uint32_t index) const noexcept;
};

/// Adds the sections of the scratch to a plan. `key_biases`: whether some layer has a key bias.
Status plan_scratch(const Architecture& architecture, const Config& config, bool key_biases,
                    MemoryPlan& plan) noexcept;

/// The buffers, once the memory is there.
[[nodiscard]] Scratch make_scratch(const Architecture& architecture, const Config& config,
                                   bool key_biases, const Arena& arena) noexcept;

}  // namespace ringlet

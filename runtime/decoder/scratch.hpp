// The decoder's working memory: every buffer of a forward pass of up to n tokens, with the stages
// in which it is alive. Buffers that are never alive together share bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "decoder/attention/workspace.hpp"
#include "kernels/kernel_set.hpp"
#include "memory/arena.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// Rows of floats for n tokens, `stride` floats apart.
struct Rows {
  float* data = nullptr;
  std::uint32_t stride = 0;  // a multiple of 16

  [[nodiscard]] float* row(std::size_t token) const noexcept { return data + token * stride; }
};

/// Buffers for n quantized vectors.
struct QuantizedRows {
  QuantizedVector first;
  std::uint32_t code_stride = 0;
  std::uint32_t group_stride = 0;
};

/// Cosines and sines for n tokens, one entry per rotary pair.
struct RotaryRows {
  float* cosine = nullptr;
  float* sine = nullptr;
  std::uint32_t pairs = 0;
  std::uint32_t stride = 0;
};

struct Scratch {
  Rows residual;            // and, in the same rows, what per_layer_inputs() returns
  RotaryRows rotary;        // at the tokens' own positions
  RotaryRows sink_rotary;   // of the second query, which reads sink keys
  RotaryRows local_rotary;  // from the local frequencies; no pairs if the model has none
  Rows attention_input;
  QuantizedRows attention_input_codes;
  Rows queries;
  Rows keys;
  Rows values;
  Rows attended;  // and, in the same rows, what attended_gate() and state_gates() return
  QuantizedRows attended_codes;
  Rows attention_output;
  Rows ffn_input;
  QuantizedRows ffn_input_codes;
  Rows gate;
  Rows up;
  QuantizedRows hidden_codes;
  Rows ffn_output;
  Rows logits_input;
  QuantizedRows logits_input_codes;
  AttentionWorkspaces workspaces;
  float* key_bias_table = nullptr;  // global, then local angles; null without key biases
  float* logits_tile = nullptr;     // of each thread, for sessions of a pool; else null
};

/// The gate of what a layer attended to, for models whose architecture has one.
[[nodiscard]] Rows attended_gate(const Scratch& scratch, const Architecture& architecture) noexcept;

/// The inputs of all layers, for models that have them.
[[nodiscard]] Rows per_layer_inputs(const Scratch& scratch,
                                    const Architecture& architecture) noexcept;

/// Of a gated delta rule: of each head beta, then the decay; of each key head the product of k and
/// q.
[[nodiscard]] Rows state_gates(const Scratch& scratch, const Architecture& architecture) noexcept;

/// Adds the sections of the scratch to a plan: for config.prefill_chunk rows of a pass, of which
/// `logits_rows` have logits.
Status plan_scratch(const Model& model, const Config& config, std::uint32_t logits_rows,
                    MemoryPlan& plan) noexcept;

/// Returns the buffers within the planned memory.
[[nodiscard]] Scratch make_scratch(const Model& model, const Config& config,
                                   std::uint32_t logits_rows, const Arena& arena) noexcept;

}  // namespace ringlet

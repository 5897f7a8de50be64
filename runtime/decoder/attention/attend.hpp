// Attention of the queries of a pass over the rings and the sinks of one layer.
#pragma once

#include <cstdint>

#include "decoder/pass.hpp"
#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "model/as_built.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// The inputs of one layer's attention.
struct Attention {
  const Architecture& architecture;
  const KernelSet& kernels;
  const Team& team;
  const Scratch& scratch;
  std::uint32_t layer;
  RotaryRows rotary;          // of the layer's queries; no pairs if it does not rotate
  RotaryRows sink_rotary;     // of the second query, which reads sink keys
  bool hadamard_keys;         // the layer's integer keys are Hadamard-transformed
  FamilyFloats q_norm;        // head_dim, of rotated queries, or null
  KeyBiasFloats key_bias;     // kv_dim floats subtracted from integer keys, or null
  KeyBiasRotary bias_rotary;  // the rotation of key_bias
};

/// The rows that attention handles together: those after the first `done` of each session, at most
/// `most`.
struct AttentionRows {
  const Pass& pass;
  std::uint32_t done;
  std::uint32_t most;
};

/// For each of the rows and each query head: softmax over the sink keys (read by the second query)
/// and the window of the session's ring, then the weighted sum of the values, written to
/// scratch.attended. The caches must already contain the keys and values of the rows. A query reads
/// only up to its own position, so attention within a session is causal.
///
/// The softmax works on segments of 256 positions aligned by ring position and folds them in
/// ascending order (sinks first). The result thus depends on neither chunks, threads nor other
/// sessions. Each thread takes consecutive segments of consecutive heads and rows, so that the
/// shares are equal even with few kv heads or sessions of different lengths.
void attend(const Attention& attention, const AttentionRows& rows) noexcept;

}  // namespace ringlet

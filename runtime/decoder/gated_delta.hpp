// The gated delta rule (Yang et al., Gated Delta Networks, 2024), as Qwen3.5 has it: attention with
// a state of constant size.
//
// Queries, keys and values are convolved over the last tokens, and go through SiLU. Queries and
// keys of a head get length 1, and queries are divided by √key_dim. Each head has a matrix S from
// keys to values. A token lets it fade by g = exp(decay · softplus(step + step_bias)), and moves
// the value of its key by beta = sigmoid(b) towards its own:
//
//   S ← g·S;   u = beta · (v − S·k);   S ← S + u·kᵀ;   o = S·q
//
// Heads of values that are neighbours share a head of keys. The result of a head is normalized, and
// multiplied by SiLU of its gate.
#pragma once

#include <cstdint>

#include "decoder/pass.hpp"
#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "model/weights.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// What the rule computes with. `index` counts the layers without attention.
struct GatedDelta {
  const Architecture& architecture;
  const KernelSet& kernels;
  const Team& team;
  const Scratch& scratch;
  const RecurrentWeights& weights;
  const Pass& pass;
  std::uint32_t index;
};

/// Computes scratch.attended of all rows from queries, keys, values and both gates, which it
/// overwrites, and writes what the next pass needs of them. Heads of keys are divided among
/// the threads.
void mix(const GatedDelta& delta) noexcept;

}  // namespace ringlet

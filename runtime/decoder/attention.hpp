// Attention of a chunk's queries over the ring and the pinned tokens of one layer.
#pragma once

#include <cstdint>

#include "cache/kv_cache.hpp"
#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// Consecutive tokens of a chunk that begins at `position`: the tokens [first, first + count).
struct TokenRange {
  std::uint64_t position;
  std::uint32_t first;
  std::uint32_t count;
};

struct AttentionContext {
  const Architecture& architecture;
  const KernelSet& kernels;
  const Team& team;
  const KvCache& cache;
  const Scratch& scratch;
  const RotaryRows& rotary;         // of the layer's queries; no pairs: they are not turned
  const RotaryRows& pinned_rotary;  // of the second query
  bool turned_keys;       // integer keys of the layer are stored after a Hadamard transform
  const float* key_bias;  // kv_dim, what integer keys are stored without; or null
  KeyBiasRotary bias_rotary;
};

/// For each token of the range and each query head: softmax over
/// the pinned keys (seen through the second query) and the ring's window, weighted sum of the
/// values, into scratch.attended. The range's own keys and values are in the cache already; a query
/// reads only up to its own position, so the range is causal.
///
/// Softmax works on segments of 256 positions aligned by ring position, folded together in
/// ascending order (pinned first), so the result depends on neither chunking nor lanes. Lanes take
/// consecutive segments of consecutive heads and tokens, so that they have equal shares however few
/// kv heads there are.
void attend(const AttentionContext& context, std::uint32_t layer, const TokenRange& range) noexcept;

}  // namespace ringlet

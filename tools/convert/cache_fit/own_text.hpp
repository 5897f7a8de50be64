// Text that a model tells itself, and the keys, values and queries that it makes on the way: what
// the cache is calibrated on, so that no data set is needed.
#pragma once

#include <cstdint>
#include <vector>

#include "ringlet/kernels.hpp"
#include "ringlet/model.hpp"
#include "ringlet/team.hpp"

namespace ringlet::convert {

/// Of one layer, before rotation, all texts one after the other.
struct CapturedLayer {
  std::vector<float> queries;  // tokens × query_dim
  std::vector<float> keys;     // tokens × kv_dim
  std::vector<float> values;   // tokens × kv_dim
};

struct OwnText {
  std::uint32_t length = 0;  // tokens of each text
  std::uint32_t texts = 0;
  std::vector<CapturedLayer> layers;
};

/// What computes: kernels and threads.
struct Machine {
  const KernelSet& kernels;
  Team team;
};

/// Has the model write about `tokens` tokens with an unquantized cache, drawing from its full
/// distribution with fixed seeds, in texts of at most 256 tokens or its context, and captures every
/// layer. Fewer tokens where that would take more than 256 MiB. Throws std::runtime_error when the
/// model cannot run.
OwnText write_own_text(const Model& model, const Machine& machine, std::uint32_t tokens);

/// How far a cache format is from an unquantized cache, per predicted token of a text that the
/// model writes itself.
struct CacheDistance {
  double divergence = 0;  // mean KL divergence, nats
  double agreement = 0;   // share of tokens whose likeliest successor is the same
};

/// One distance for each format. The text is another one than write_own_text's.
std::vector<CacheDistance> measure_caches(const Model& model, const Machine& machine,
                                          std::uint32_t tokens,
                                          const std::vector<KvFormats>& formats);

}  // namespace ringlet::convert

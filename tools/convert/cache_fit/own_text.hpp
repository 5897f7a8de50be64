// Text that a model generates itself, and the keys, values and queries captured meanwhile. The
// cache is calibrated on them, so that no data set is needed.
#pragma once

#include <cstdint>
#include <vector>

#include "ringlet/kernels.hpp"
#include "ringlet/model.hpp"
#include "ringlet/team.hpp"

namespace ringlet::convert {

/// The vectors of one layer before rotation, for all texts in sequence.
struct CapturedLayer {
  std::vector<float> queries;  // tokens × query_dim
  std::vector<float> keys;     // tokens × kv_dim
  std::vector<float> values;   // tokens × kv_dim
};

struct OwnText {
  std::uint32_t length = 0;  // tokens per text
  std::uint32_t texts = 0;
  std::vector<CapturedLayer> layers;
};

/// The kernels and threads to use.
struct Machine {
  const KernelSet& kernels;
  Team team;
};

/// Makes the model generate about `tokens` tokens with an unquantized cache, drawn from its full
/// distribution with fixed seeds, in texts of at most 256 tokens or its context. Captures every
/// layer. Uses fewer tokens if the vectors would take more than 256 MiB. Throws std::runtime_error
/// if the model cannot run.
OwnText write_own_text(const Model& model, const Machine& machine, std::uint32_t tokens);

/// The distance of a cache format from an unquantized cache, per predicted token of a text that the
/// model generates.
struct CacheDistance {
  double divergence = 0;  // mean KL divergence, nats
  double agreement = 0;   // fraction of tokens with the same most likely successor
};

/// Returns one distance per format. The text differs from that of write_own_text.
std::vector<CacheDistance> measure_caches(const Model& model, const Machine& machine,
                                          std::uint32_t tokens,
                                          const std::vector<KvFormats>& formats);

}  // namespace ringlet::convert

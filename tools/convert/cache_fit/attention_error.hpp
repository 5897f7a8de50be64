// The cost of a cache format for a layer: attention over captured keys and values as the cache
// would return them, compared with attention over the exact ones.
#pragma once

#include <cstdint>

#include "cache_fit/key_numbers.hpp"
#include "ringlet/formats.hpp"

namespace ringlet::convert {

/// Returns the squared error of the layer's attention outputs relative to their energy, over some
/// positions of every text and all heads, if keys and values are stored in the formats and their
/// newest 64 positions in INT8. `keys_only` and `values_only` leave the other side exact.
enum class Sides : std::uint8_t { both, keys_only, values_only };
double attention_error(const LayerSample& sample, KvFormats formats, KeyTransform keys,
                       bool hadamard_values, Sides sides);

}  // namespace ringlet::convert

// Folding factors of rotary pairs into a layer's weights: keys are multiplied by them and queries
// divided, so that scores stay what they are and the errors of quantized keys cost alike.
#pragma once

#include <span>
#include <vector>

#include "source_model.hpp"

namespace ringlet::convert {

/// `scales` are those of every kv head, head_dim each; the query heads that share a kv head are
/// divided by its own, biases likewise. Rows are still read on demand. Not for a layer that norms
/// its heads, which would undo it.
void scale_pairs(SourceLayer& layer, const Architecture& architecture, std::vector<float> scales);

}  // namespace ringlet::convert

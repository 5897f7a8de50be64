// Folds factors of rotary pairs into a layer's weights: keys are multiplied by them and queries
// divided. Scores stay the same, and errors of all quantized dimensions have equal weight.
#pragma once

#include <span>
#include <vector>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// `scales` has head_dim entries for every kv head. Query heads are divided by the scales of their
/// kv head, and biases are scaled too. Rows are still read on demand. Not for layers that normalize
/// heads, which would undo it.
void fold_key_scales(SourceLayer& layer, const Architecture& architecture,
                     std::vector<float> scales);

}  // namespace ringlet::convert

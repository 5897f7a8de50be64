// Folds the Hadamard transform of a layer's values into its weights
// (runtime/numerics/hadamard.hpp). The INT4 cache then stores transformed values at no cost during
// decoding.
#pragma once

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Transforms the outputs of a layer's wv head by head, and the inputs of its wo back. The model
/// computes the same function. Changes `layer` in place; its rows are still read on demand, with
/// memory for one head's rows of one matrix.
void fold_hadamard(SourceLayer& layer, std::uint32_t head_dim);

}  // namespace ringlet::convert

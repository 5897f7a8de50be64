// Folding the Hadamard transform of a layer's values into its weights
// (runtime/numerics/hadamard.hpp), so that an INT4 cache stores turned values and nothing has to be
// done at run time.
#pragma once

#include "source_model.hpp"

namespace ringlet::convert {

/// Turns the outputs of a layer's wv by heads, and the inputs of its wo back: the model computes
/// the same. `layer` is changed in place; its rows are still read on demand, with memory for one
/// head's rows of one matrix.
void turn_values(SourceLayer& layer, std::uint32_t head_dim);

}  // namespace ringlet::convert

// Folding the Hadamard transform of a layer's values into its weights
// (runtime/numerics/hadamard.hpp), so that an INT4 cache stores turned values and nothing has to be
// done at run time.
#pragma once

#include "source_model.hpp"

namespace ringlet::convert {

/// Turns the outputs of every layer's wv by heads, and the inputs of its wo back: the model
/// computes the same. `source` is changed in place; its rows are still read on demand, with memory
/// for one head's rows of one matrix.
void turn_values(SourceModel& source);

}  // namespace ringlet::convert

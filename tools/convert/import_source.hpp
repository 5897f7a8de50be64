// The model that a conversion begins with: weights, tokenizer and chat format, of whatever kind the
// source is.
#pragma once

#include "convert.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// Reads the source that the options name, or makes a random model, and says on standard error what
/// it found unless they are quiet. Tensors may refer to the source's file, which stays mapped as
/// long as the model lives. Throws std::runtime_error with one sentence.
SourceModel import_source(const ConvertOptions& options);

}  // namespace ringlet::convert

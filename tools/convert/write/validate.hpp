// Checks whether the format can represent a source model.
#pragma once

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Checks the architecture, the shape of every tensor against it, the values of norms and the ids
/// of the tokenizer. Throws std::runtime_error with one sentence that names the field or tensor and
/// both numbers.
void validate_source(const SourceModel& source);

}  // namespace ringlet::convert

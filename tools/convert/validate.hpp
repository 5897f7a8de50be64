// Whether a source model is one that the format can describe.
#pragma once

#include "source_model.hpp"

namespace ringlet::convert {

/// Checks the architecture, the shape of every tensor against it, the norms' values and the
/// tokenizer's ids. Throws std::runtime_error with one sentence that names the field or tensor and
/// both numbers.
void validate_source(const SourceModel& source);

}  // namespace ringlet::convert

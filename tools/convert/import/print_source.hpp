// Reports about a source.
#pragma once

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Prints the source and its architecture on standard error.
void print_source(const SourceModel& source);

}  // namespace ringlet::convert

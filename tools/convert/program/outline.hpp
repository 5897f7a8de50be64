// A model file without its weights, to plan for a model before it is converted, or even complete.
#pragma once

#include "convert.hpp"

namespace ringlet::convert {

/// Imports the source and writes the tables of the model that a conversion would write, with a hole
/// in place of the weights. The cache has the formats of a conversion that measures nothing. The
/// source's matrices are not read, so its files can have holes there too. Throws
/// std::runtime_error with one sentence; then no file has been created or changed.
void write_outline_file(const ConvertOptions& options);

}  // namespace ringlet::convert

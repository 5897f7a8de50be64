// A .ringlet file as a source: the same model in other formats of weights.
#pragma once

#include <filesystem>

#include "source_model.hpp"

namespace ringlet::convert {

/// The model of a file as it is: values as the file has them, everything that was decided about its
/// cache, its tokenizer and its chat format. Matrices are read from the file on demand. Throws
/// std::runtime_error when the file is damaged, or has rotary steps that cannot be computed again
/// to the bit.
SourceModel import_ringlet(const std::filesystem::path& path);

}  // namespace ringlet::convert

// A .ringlet file as a source, to convert a model to other weight formats.
#pragma once

#include <filesystem>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Returns the model of a file unchanged: the stored values, and all decisions about its cache,
/// tokenizer and chat format. Matrices are read from the file on demand. Throws std::runtime_error
/// if the file is damaged, or if its rotary frequencies cannot be reproduced exactly.
SourceModel import_ringlet(const std::filesystem::path& path);

}  // namespace ringlet::convert

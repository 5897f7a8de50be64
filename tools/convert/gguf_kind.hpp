// GGUF files that are not language models.
#pragma once

#include "gguf.hpp"

namespace ringlet::convert {

/// Throws std::runtime_error, in one sentence that names the file and what would help, when the
/// metadata says that it has something else than the weights of a language model, or when there
/// are no weights.
void check_is_language_model(const GgufMetadata& metadata, bool has_tensors);

}  // namespace ringlet::convert

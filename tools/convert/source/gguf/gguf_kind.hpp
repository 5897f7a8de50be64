// Recognizes GGUF files that are not language models.
#pragma once

#include "source/gguf/gguf.hpp"

namespace ringlet::convert {

/// Throws std::runtime_error, with one sentence that names the file and the remedy, if the metadata
/// describes something other than the weights of a language model, or if there are no weights.
void check_is_language_model(const GgufMetadata& metadata, bool has_tensors);

}  // namespace ringlet::convert

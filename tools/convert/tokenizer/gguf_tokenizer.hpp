// Reads the tokenizer in the metadata of a GGUF file.
#pragma once

#include "source/gguf/gguf.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Whether the file contains a tokenizer.
[[nodiscard]] bool has_gguf_tokenizer(const GgufMetadata& metadata);

/// Reads the keys "tokenizer.*". Throws std::runtime_error with the file and the key at fault, or
/// the feature that the runtime does not support.
SourceTokenizer read_gguf_tokenizer(const GgufMetadata& metadata);

}  // namespace ringlet::convert

// The tokenizer in the metadata of a GGUF file.
#pragma once

#include "gguf.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// Whether a file has one.
bool gguf_file_has_tokenizer(const std::filesystem::path& path);

/// Reads the keys "tokenizer.*". Throws std::runtime_error naming the file and the key at fault, or
/// what the runtime has nothing for.
SourceTokenizer read_gguf_tokenizer(const GgufMetadata& metadata);

}  // namespace ringlet::convert

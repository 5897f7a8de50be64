// Imports tokenizers of every common kind from a file or a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "source/gguf/gguf.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Reads a tokenizer: tokenizer.json, vocab.json (with merges.txt next to it), tokenizer.model of
/// SentencePiece or tiktoken, tokenizer.bin of llama2.c, the metadata of a GGUF file, or a folder
/// that contains one of these. The kind is detected by content. Adds the information of
/// configuration files next to it, and pads the vocabulary to `vocab_size`. Throws
/// std::runtime_error with the file and the field at fault.
SourceTokenizer import_tokenizer(const std::filesystem::path& path, std::uint32_t vocab_size);

/// Imports the tokenizer of a GGUF file whose metadata has been read.
SourceTokenizer import_tokenizer(const GgufMetadata& metadata, std::uint32_t vocab_size);

/// The file in a folder that import_tokenizer would read; empty if there is none.
std::optional<std::filesystem::path> tokenizer_in_folder(const std::filesystem::path& folder);

}  // namespace ringlet::convert

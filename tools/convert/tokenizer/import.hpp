// Tokenizers of every kind that is in use, from a file or a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "source_model.hpp"

namespace ringlet::convert {

/// Reads a tokenizer: tokenizer.json, vocab.json (with merges.txt beside it), SentencePiece's or
/// tiktoken's tokenizer.model, llama2.c's tokenizer.bin, the metadata of a GGUF file, or a folder
/// that has one of these. The kind is found by content. What configuration files beside it say is
/// added, and the vocabulary is padded to `vocab_size`. Throws std::runtime_error that names the
/// file and the field at fault.
SourceTokenizer import_tokenizer(const std::filesystem::path& path, std::uint32_t vocab_size);

/// The file of a folder that import_tokenizer would read; empty when there is none.
std::optional<std::filesystem::path> tokenizer_in_folder(const std::filesystem::path& folder);

}  // namespace ringlet::convert

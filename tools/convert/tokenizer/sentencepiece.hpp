// Importer of SentencePiece's tokenizer.model.
#pragma once

#include <filesystem>
#include <string_view>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Reads a BPE or unigram model. Throws std::runtime_error with the field at fault, or the feature
/// that the runtime does not support.
SourceTokenizer import_sentencepiece(const std::filesystem::path& path);

/// Reads a model in memory. `name` begins error messages.
SourceTokenizer read_sentencepiece(std::string_view bytes, const std::string& name);

}  // namespace ringlet::convert

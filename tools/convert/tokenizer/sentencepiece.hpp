// SentencePiece's tokenizer.model.
#pragma once

#include <filesystem>
#include <string_view>

#include "source_model.hpp"

namespace ringlet::convert {

/// Reads a BPE or unigram model. Throws std::runtime_error naming the field at fault, or what the
/// runtime has nothing for.
SourceTokenizer import_sentencepiece(const std::filesystem::path& path);

/// The same for a model in memory; `name` begins the messages.
SourceTokenizer read_sentencepiece(std::string_view bytes, const std::string& name);

}  // namespace ringlet::convert

// Importer of llama2.c's tokenizer.bin: a SentencePiece BPE vocabulary as scores and texts.
#pragma once

#include <cstdint>
#include <filesystem>

#include "source_model.hpp"

namespace ringlet::convert {

/// Reads a tokenizer file: int32 length of the longest piece, then for each token a float score, an
/// int32 length, and that many bytes. Ids follow SentencePiece's Llama vocabulary: 0 unknown, 1
/// beginning of text, 2 end of text, 3 to 258 the byte values. Throws std::runtime_error in one
/// sentence that begins with the file's name when the file is damaged or has another number of
/// tokens than `vocab_size`.
SourceTokenizer import_llama2c_tokenizer(const std::filesystem::path& path,
                                         std::uint32_t vocab_size);

}  // namespace ringlet::convert

// Importer of llama2.c's tokenizer.bin: a SentencePiece BPE vocabulary as scores and texts.
#pragma once

#include <cstdint>
#include <filesystem>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Reads a tokenizer file: an int32 with the length of the longest piece, then for each token a
/// float score, an int32 length, and that many bytes. Ids are those of SentencePiece's Llama
/// vocabulary: 0 unknown, 1 beginning of text, 2 end of text, 3 to 258 the byte values. Throws
/// std::runtime_error with one sentence that begins with the file's name if the file is damaged or
/// the number of tokens is not `vocab_size`.
SourceTokenizer import_llama2c_tokenizer(const std::filesystem::path& path,
                                         std::uint32_t vocab_size);

}  // namespace ringlet::convert

// tiktoken's vocabularies (".model", ".tiktoken"): on each line a piece in base64 and its rank,
// which is its id and the order in which it is merged.
#pragma once

#include <filesystem>
#include <string_view>

#include "source_model.hpp"

namespace ringlet::convert {

/// Whether a file begins like one: base64, a space, a number.
bool is_tiktoken(std::string_view text);

/// Reads a vocabulary. The file says neither how words are cut nor which special tokens there are;
/// the number of its pieces tells which of the known vocabularies it is. Special tokens are those
/// of tokenizer_config.json beside it, or for Llama 3 its own. Throws std::runtime_error naming the
/// line at fault.
SourceTokenizer import_tiktoken(const std::filesystem::path& path);

/// The pieces of such a file, by rank; `name` begins the messages of errors.
std::vector<SourcePiece> read_tiktoken(std::string_view text, const std::string& name);

}  // namespace ringlet::convert

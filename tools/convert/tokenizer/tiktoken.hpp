// tiktoken vocabularies (".model", ".tiktoken"): each line has a piece in base64 and its rank,
// which is both its id and its merge order.
#pragma once

#include <filesystem>
#include <string_view>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Whether a file begins like such a vocabulary: base64, a space, a number.
bool is_tiktoken(std::string_view text);

/// Reads a vocabulary. The file specifies neither the pre-tokenizer nor the special tokens; the
/// number of its pieces identifies one of the known vocabularies. Special tokens come from
/// tokenizer_config.json next to it, or are those of Llama 3. Throws std::runtime_error with the
/// line at fault.
SourceTokenizer import_tiktoken(const std::filesystem::path& path);

/// Returns the pieces of such a file by rank. `name` begins error messages.
std::vector<SourcePiece> read_tiktoken(std::string_view text, const std::string& name);

}  // namespace ringlet::convert

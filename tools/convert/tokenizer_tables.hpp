// A tokenizer in the form in which the runtime uses it: flat arrays, nothing left to build at load.
#pragma once

#include <cstdint>
#include <vector>

#include "schema/ringlet_generated.h"
#include "source_model.hpp"

namespace ringlet::convert {

/// The arrays of schema table Tokenizer, with the meanings that the schema gives.
struct TokenizerTables {
  std::vector<std::uint8_t> text;
  std::vector<std::uint32_t> ends;
  std::vector<float> scores;
  std::vector<schema::PieceKind> kinds;
  std::vector<std::uint32_t> sorted;
  std::vector<std::uint32_t> byte_tokens;
  bool splits_before_space = true;
  std::uint32_t longest_piece = 0;
  std::vector<std::uint32_t> character_classes;
  std::vector<std::uint32_t> merge_begins;
  std::vector<std::uint32_t> merge_rights;
  std::vector<std::uint32_t> merge_results;
  std::vector<std::uint32_t> merge_ranks;
  std::vector<std::uint32_t> added;
  std::vector<std::uint8_t> added_strips;
  std::vector<std::uint32_t> combining;     // of the normalizer, where it composes
  std::vector<std::uint64_t> compositions;  // the same
};

/// The longest piece, in bytes, that the runtime's detokenizer has room for.
inline constexpr std::size_t longest_piece_allowed = 256;

/// Throws std::runtime_error naming the piece that is too long, has a score that is not finite or a
/// malformed byte, and when only some of the 256 byte values have a token (at byte level: none).
TokenizerTables build_tokenizer_tables(const SourceTokenizer& tokenizer);

/// At byte level: the lowest normal piece of each byte value, Tokenizer::none where there is none.
std::vector<std::uint32_t> byte_pieces(const SourceTokenizer& tokenizer);

/// The value of a byte piece "<0xNN>" (upper-case hexadecimal), or −1 for any other text.
int byte_piece_value(const std::string& text);

}  // namespace ringlet::convert

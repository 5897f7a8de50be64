// A tokenizer in the form that the runtime uses: flat arrays that need no construction at load
// time.
#pragma once

#include <cstdint>
#include <vector>

#include "schema/ringlet_generated.h"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The arrays of schema table Tokenizer, as defined in the schema.
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
  std::vector<std::uint32_t> combining;     // of the normalizer, if it composes
  std::vector<std::uint64_t> compositions;  // the same
  std::vector<std::uint32_t> token_trie;    // only if it was asked for
};

/// The longest piece, in bytes, that fits into the runtime's detokenizer.
inline constexpr std::size_t longest_piece_allowed = 256;

/// Builds the tables. Throws std::runtime_error with a piece that is too long, has a score that is
/// not finite or is a malformed byte, and also if only some of the 256 byte values have a token
/// (for byte-level vocabularies: if none has).
TokenizerTables build_tokenizer_tables(const SourceTokenizer& tokenizer);

/// Adds the trie of the tokens that stand for text, in the sense of Tokenizer::is_text.
void add_token_trie(const SourceTokenizer& tokenizer, TokenizerTables& tables);

/// For byte-level vocabularies: the lowest normal piece of each byte value, or Tokenizer::none.
std::vector<std::uint32_t> byte_pieces(const SourceTokenizer& tokenizer);

/// The value of a byte piece "<0xNN>" (upper-case hexadecimal), or −1 for any other text.
int byte_piece_value(const std::string& text);

}  // namespace ringlet::convert

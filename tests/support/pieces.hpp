// Vocabularies for tests of the tokenizer, with and without a model file around them.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "source_model.hpp"
#include "text/vocabulary.hpp"
#include "tokenizer_tables.hpp"

namespace ringlet::test {

/// Unknown, begin and end, as every vocabulary of the Llama family has them.
inline std::vector<convert::SourcePiece> special_pieces() {
  using Kind = convert::SourcePieceKind;
  return {{"<unk>", 0, Kind::unknown}, {"<s>", 0, Kind::control}, {"</s>", 0, Kind::control}};
}

/// The special pieces and the 256 byte tokens: byte b is token 3 + b.
inline std::vector<convert::SourcePiece> special_and_byte_pieces() {
  std::vector<convert::SourcePiece> pieces = special_pieces();
  for (unsigned value = 0; value < 256; ++value) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", value);
    pieces.push_back({text, 0, convert::SourcePieceKind::byte});
  }
  return pieces;
}

inline constexpr TokenId first_byte_token = 3;
inline constexpr TokenId first_normal_piece = 259;

/// What the encoder sees of a source's tokenizer. Owns the tables.
class TestVocabulary {
 public:
  explicit TestVocabulary(convert::SourceTokenizer source)
      : source_(std::move(source)), tables_(convert::build_tokenizer_tables(source_)) {}

  [[nodiscard]] const convert::SourceTokenizer& source() const { return source_; }
  [[nodiscard]] Vocabulary view() const {
    return {
        .text = reinterpret_cast<const char*>(tables_.text.data()),
        .ends = tables_.ends,
        .scores = tables_.scores,
        .sorted = tables_.sorted,
        .byte_tokens = tables_.byte_tokens,
        .unknown = source_.unknown < 0 ? Tokenizer::none : static_cast<TokenId>(source_.unknown),
        .longest_piece = tables_.longest_piece,
        .add_space_prefix = source_.add_space_prefix,
        .splits_before_space = tables_.splits_before_space};
  }

 private:
  convert::SourceTokenizer source_;
  convert::TokenizerTables tables_;
};

}  // namespace ringlet::test

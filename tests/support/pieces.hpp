// Vocabularies for tests of the tokenizer, with and without a model file around them.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "source/source_model.hpp"
#include "support/aligned.hpp"
#include "text/encode.hpp"
#include "text/vocabulary.hpp"
#include "tokenizer/tokenizer_tables.hpp"

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
        .encoding = source_.encoding,
        .pre_tokenizer = source_.pre_tokenizer,
        .text = reinterpret_cast<const char*>(tables_.text.data()),
        .ends = tables_.ends,
        .scores = tables_.scores,
        .sorted = tables_.sorted,
        .byte_tokens = tables_.byte_tokens,
        .kinds = {reinterpret_cast<const std::uint8_t*>(tables_.kinds.data()),
                  tables_.kinds.size()},
        .added = tables_.added,
        .added_strips = tables_.added_strips,
        .merges = {tables_.merge_begins, tables_.merge_rights, tables_.merge_results,
                   tables_.merge_ranks},
        .classes = CharacterClasses(tables_.character_classes),
        .word_steps = {reinterpret_cast<const std::uint8_t*>(source_.word_steps.data()),
                       source_.word_steps.size()},
        .normalizer = Normalizer(
            {.trie = source_.normalizer.trie,
             .replacements = reinterpret_cast<const char*>(source_.normalizer.replacements.data()),
             .combining = tables_.combining,
             .compositions = tables_.compositions}),
        .unknown = source_.unknown < 0 ? Tokenizer::none : static_cast<TokenId>(source_.unknown),
        .unknown_score = source_.unknown_score,
        .longest_piece = tables_.longest_piece,
        .byte_level = source_.byte_level,
        .whole_words = source_.whole_words,
        .fuse_unknown = source_.fuse_unknown,
        .add_space_prefix = source_.add_space_prefix,
        .prefix_unless_space = source_.prefix_unless_space,
        .prefix_after_added = source_.prefix_after_added,
        .collapse_spaces = source_.collapse_spaces,
        .splits_before_space = tables_.splits_before_space};
  }

 private:
  convert::SourceTokenizer source_;
  convert::TokenizerTables tables_;
};

/// The normal form of a whole text.
inline std::string normal_form(const Normalizer& normalizer, std::string_view text) {
  if (!normalizer.changes_texts()) return std::string(text);
  std::string result;
  while (!text.empty()) {
    char out[Normalizer::longest_part];
    const Normalizer::Part part = normalizer.first_part(text, out);
    if (part.source_bytes == 0 || part.normal_bytes > sizeof(out)) return "no progress";
    result.append(out, part.normal_bytes);
    text.remove_prefix(part.source_bytes);
  }
  return result;
}

/// All tokens of a text, with room for `room` of them in each call, and more where a word needs it.
inline std::vector<TokenId> encode_all(const Vocabulary& vocabulary, std::string_view text,
                                       std::size_t room = 4096,
                                       const ControlTokens& control_tokens = {}) {
  // U+FDFA, of three bytes, has the longest normal form: 33 bytes.
  const std::size_t growth = vocabulary.normalizer.changes_texts() ? 11 : 1;
  AlignedBytes workspace(static_cast<std::size_t>(
      Tokenizer::workspace_bytes(static_cast<std::uint32_t>(growth * text.size()))));
  std::vector<TokenId> all;
  std::vector<TokenId> out(room);
  bool beginning = true;
  while (!text.empty()) {
    const Result<Encoded> done =
        encode_words(vocabulary, text, beginning, workspace.span(), out, control_tokens);
    if (!done && std::string_view(done.status().where()) == "out") {
      out.resize(static_cast<std::size_t>(done.status().needed()));
      continue;
    }
    EXPECT_TRUE(done.ok()) << done.status().where() << ": " << done.status().what();
    if (!done.ok() || done->bytes == 0) return all;
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(done->tokens));
    text.remove_prefix(done->bytes);
    beginning = done->beginning;
  }
  return all;
}

}  // namespace ringlet::test

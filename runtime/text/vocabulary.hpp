// The tokenizer's tables as plain spans, so that the encoders do not depend on the file format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/features.hpp"
#include "ringlet/formats.hpp"
#include "ringlet/tokenizer.hpp"
#include "text/character_classes.hpp"
#include "text/normalizer.hpp"
#include "text/pre_tokenizer.hpp"

namespace ringlet {

/// The merges of byte-pair encoding, grouped by left piece: the merges of piece i are the entries
/// from begins[i] to begins[i + 1], with ascending right pieces.
struct MergeTable {
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::span<const std::uint32_t> begins;
  std::span<const std::uint32_t> rights;
  std::span<const std::uint32_t> results;
  std::span<const std::uint32_t> ranks;  // the lowest rank merges first

  /// Index of the merge of two pieces, or none.
  [[nodiscard]] std::uint32_t find(TokenId left, TokenId right) const noexcept {
    std::uint32_t low = begins[left];
    std::uint32_t high = begins[left + 1];
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (rights[middle] == right) return middle;
      if (rights[middle] < right) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return none;
  }
};

enum class Encoding : std::uint8_t { sentencepiece_bpe, bpe, unigram };

/// Pieces in the order of their ids, and an index of the normal ones. Relies on the model verifier:
/// ends ascend, the index is strictly ascending by bytes, every id is in range.
struct Vocabulary {
  Encoding encoding = Encoding::sentencepiece_bpe;
  PreTokenizer pre_tokenizer = PreTokenizer::none;
  const char* text = nullptr;                  // the bytes of all pieces
  std::span<const std::uint32_t> ends;         // end of each piece in `text`
  std::span<const float> scores;               // one for each piece
  std::span<const std::uint32_t> sorted;       // normal pieces by unsigned bytes, a prefix first
  std::span<const std::uint32_t> byte_tokens;  // 256 ids (Tokenizer::none: no token), or empty
  std::span<const std::uint8_t> kinds;         // schema::PieceKind of each piece
  std::span<const std::uint32_t> added;        // pieces found in any text, sorted by bytes
  std::span<const std::uint8_t> added_strips;  // bits: 1 strips before, 2 after, 4 takes a space
  MergeTable merges;
  CharacterClasses classes;
  std::span<const std::uint8_t> word_steps;  // of PreTokenizer::steps
  Normalizer normalizer;
  TokenId unknown = Tokenizer::none;
  float unknown_score = 0;
  std::uint32_t longest_piece = 0;
  bool byte_level = false;
  bool whole_words = false;
  bool fuse_unknown = false;
  bool add_space_prefix = true;
  bool prefix_unless_space = false;
  bool prefix_after_added = true;
  bool collapse_spaces = false;
  bool splits_before_space = false;

  // What this build has of it. Without the feature these are constants, so the compiler removes the
  // code behind the test.

  /// Whether pieces are merged by a list of pairs; otherwise they have scores.
  [[nodiscard]] bool has_pairs() const noexcept {
    return features::byte_pairs && encoding == Encoding::bpe;
  }
  [[nodiscard]] bool is_unigram() const noexcept {
    return features::unigram && encoding == Encoding::unigram;
  }
  [[nodiscard]] bool is_byte_level() const noexcept { return features::byte_pairs && byte_level; }
  [[nodiscard]] bool has_word_steps() const noexcept {
    return features::byte_pairs && pre_tokenizer == PreTokenizer::steps;
  }
  [[nodiscard]] bool normalizes() const noexcept {
    return features::normalizers && normalizer.changes_texts();
  }

  /// The bytes of a token; empty if the id is out of range.
  [[nodiscard]] std::string_view piece(TokenId token) const noexcept {
    if (token >= ends.size()) return {};
    const std::uint32_t begin = token == 0 ? 0 : ends[token - 1];
    return {text + begin, ends[token] - begin};
  }

  /// The normal piece with exactly these bytes, or Tokenizer::none. Binary search takes about
  /// log2(vocabulary) comparisons and needs no additional table.
  [[nodiscard]] TokenId find(std::string_view bytes) const noexcept {
    if (bytes.size() > longest_piece) return Tokenizer::none;
    std::size_t low = 0;
    std::size_t high = sorted.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      const int order = piece(sorted[middle]).compare(bytes);
      if (order == 0) return sorted[middle];
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Tokenizer::none;
  }
};

}  // namespace ringlet

// Operations on pieces that all readers of tokenizers share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Replaces U+2581, SentencePiece's symbol for a space, by a space.
std::string plain_spaces(std::string_view text);

/// Returns the kind for SentencePiece's number `type`, which GGUF also uses. Throws
/// std::runtime_error, beginning with `where`, for any other number.
SourcePieceKind piece_kind(std::uint64_t type, const std::string& where);

/// The lowest id with this text, or −1.
std::int32_t find_piece(const SourceTokenizer& tokenizer, std::string_view text);

/// The pieces of a vocabulary of `size` tokens, assigned by id. Throws std::runtime_error,
/// beginning with `where`, if an id is assigned twice.
class PieceTable {
 public:
  explicit PieceTable(std::string where) : where_(std::move(where)) {}

  void put(std::uint32_t id, SourcePiece piece);
  [[nodiscard]] bool has(std::uint32_t id) const { return id < taken_.size() && taken_[id]; }
  SourcePiece& at(std::uint32_t id) { return pieces_.at(id); }
  [[nodiscard]] std::size_t size() const { return pieces_.size(); }

  /// Returns the pieces. Ids without an assignment are unused pieces.
  std::vector<SourcePiece> take() { return std::move(pieces_); }

 private:
  std::string where_;
  std::vector<SourcePiece> pieces_;
  std::vector<bool> taken_;
};

/// The maximum number of tokens in a source: several times any known vocabulary, but small enough
/// that a wrong id cannot exhaust memory.
inline constexpr std::uint64_t most_tokens = 1U << 20;

/// Adds the control pieces that are known to end a turn or a text ("<|im_end|>", "<|eot_id|>", …)
/// to `end_tokens`, since many sources name only one. If eos is unknown, the first of them becomes
/// eos.
void find_end_tokens(SourceTokenizer& tokenizer);

/// Sets the size of the vocabulary to that of the model: embeddings are often padded beyond the
/// last token. Added tokens beyond the embedding are unusable and removed with a note, including
/// their roles. Throws std::runtime_error if ordinary pieces are beyond it.
void fit_vocabulary(SourceTokenizer& tokenizer, std::uint32_t vocab_size);

}  // namespace ringlet::convert

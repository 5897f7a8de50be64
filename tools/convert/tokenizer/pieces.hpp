// What every reader of tokenizers does with pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source_model.hpp"

namespace ringlet::convert {

/// SentencePiece writes a space as U+2581; here it is a space.
std::string plain_spaces(std::string_view text);

/// The kind that SentencePiece's number `type` stands for, which GGUF has taken over. Throws
/// std::runtime_error, beginning with `where`, for any other.
SourcePieceKind piece_kind(std::uint64_t type, const std::string& where);

/// The lowest id with this text, or −1.
std::int32_t find_piece(const SourceTokenizer& tokenizer, std::string_view text);

/// Makes room for a vocabulary of `size` tokens and gives token `id` its piece. Throws
/// std::runtime_error, beginning with `where`, when the id has a piece already.
class PieceTable {
 public:
  explicit PieceTable(std::string where) : where_(std::move(where)) {}

  void put(std::uint32_t id, SourcePiece piece);
  [[nodiscard]] bool has(std::uint32_t id) const { return id < taken_.size() && taken_[id]; }
  SourcePiece& at(std::uint32_t id) { return pieces_.at(id); }
  [[nodiscard]] std::size_t size() const { return pieces_.size(); }

  /// The pieces; ids that were never given are unused ones.
  std::vector<SourcePiece> take() { return std::move(pieces_); }

 private:
  std::string where_;
  std::vector<SourcePiece> pieces_;
  std::vector<bool> taken_;
};

/// The most tokens that a source may have: several times any known vocabulary, and little enough
/// that a wrong id cannot make the converter ask for all memory.
inline constexpr std::uint64_t most_tokens = 1U << 20;

/// Marks as `end_tokens` the control pieces that are known to end a turn or a text ("<|im_end|>",
/// "<|eot_id|>", …), since many sources name only one. Where eos is not known the first of them is.
void find_end_tokens(SourceTokenizer& tokenizer);

/// Gives the model's vocabulary its size: embeddings are often padded beyond the last token. Added
/// tokens beyond the embedding, which nobody can use, are left out with a note; so are the roles
/// that they had. Throws std::runtime_error where ordinary pieces are beyond it.
void fit_vocabulary(SourceTokenizer& tokenizer, std::uint32_t vocab_size);

}  // namespace ringlet::convert

#include "model/verify.hpp"

#include "ringlet/tokenizer.hpp"

namespace ringlet {
namespace {

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_model, where, what}; }

using Bytes = std::span<const std::uint8_t>;

Bytes piece(const schema::Tokenizer& t, std::uint32_t id) {
  const std::uint32_t begin = id == 0 ? 0 : t.ends()->Get(id - 1);
  return {t.text()->data() + begin, t.ends()->Get(id) - begin};
}

/// Unsigned bytes, shorter first when one begins the other.
bool less(Bytes a, Bytes b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return a.size() < b.size();
}

bool has_space_inside(Bytes bytes) {
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    if (bytes[i] == ' ' && bytes[i - 1] != ' ') return true;
  }
  return false;
}

Status check_pieces(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  std::uint32_t end = 0;
  std::uint32_t longest = 0;
  for (std::uint32_t id = 0; id < vocab_size; ++id) {
    const std::uint32_t next = t.ends()->Get(id);
    if (next < end || next > t.text()->size()) {
      return bad("tokenizer.ends", "must ascend and stay inside the text").at(id);
    }
    longest = next - end > longest ? next - end : longest;
    end = next;
    const float score = t.scores()->Get(id);
    if (!(score >= -3.0e38F && score <= 3.0e38F))
      return bad("tokenizer.scores", "must be finite").at(id);
    if (static_cast<schema::PieceKind>(t.kinds()->Get(id)) > schema::PieceKind::MAX) {
      return bad("tokenizer.kinds", "is a kind of piece that this version does not know").at(id);
    }
  }
  if (end != t.text()->size()) return bad("tokenizer.text", "has bytes after the last piece");
  if (longest != t.longest_piece()) {
    return bad("tokenizer.longest_piece", "is not the length of the longest piece")
        .with(longest, t.longest_piece());
  }
  if (longest > Detokenizer::longest_piece) {
    return bad("tokenizer.longest_piece", "is longer than this runtime supports")
        .with(Detokenizer::longest_piece, longest);
  }
  return {};
}

Status check_sorted(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  for (std::uint32_t i = 0; i < t.sorted()->size(); ++i) {
    const std::uint32_t id = t.sorted()->Get(i);
    const auto fault = [&](const char* what) { return bad("tokenizer.sorted", what).at(i); };
    if (id >= vocab_size) return fault("is not a token of the vocabulary").with(vocab_size, id);
    if (static_cast<schema::PieceKind>(t.kinds()->Get(id)) != schema::PieceKind::normal) {
      return fault("is not a normal piece");
    }
    const Bytes bytes = piece(t, id);
    if (bytes.empty()) return fault("is an empty piece");
    if (i > 0 && !less(piece(t, t.sorted()->Get(i - 1)), bytes)) return fault("is out of order");
    if (t.splits_before_space() && has_space_inside(bytes)) {
      return bad("tokenizer.splits_before_space", "is contradicted by a piece with a space inside")
          .at(id);
    }
  }
  return {};
}

Status check_special(const char* where, std::int32_t id, std::uint32_t vocab_size) {
  if (id >= -1 && id < static_cast<std::int32_t>(vocab_size)) return {};
  return bad(where, "is not a token of the vocabulary");
}

}  // namespace

Status verify_tokenizer(const schema::Tokenizer& t, const Architecture& architecture) noexcept {
  const std::uint32_t vocab_size = architecture.vocab_size;
  if (t.kind() > schema::TokenizerKind::MAX) {
    return {ErrorCode::unsupported, "tokenizer.kind",
            "is a tokenizer that this version does not know"};
  }
  if (t.ends()->size() != vocab_size || t.scores()->size() != vocab_size ||
      t.kinds()->size() != vocab_size) {
    return bad("tokenizer", "its tables must have one entry for each token")
        .with(vocab_size, t.ends()->size());
  }
  Status status = check_pieces(t, vocab_size);
  if (status.ok()) status = check_sorted(t, vocab_size);
  if (status.ok()) status = check_special("tokenizer.bos", t.bos(), vocab_size);
  if (status.ok()) status = check_special("tokenizer.eos", t.eos(), vocab_size);
  if (status.ok()) status = check_special("tokenizer.unknown", t.unknown(), vocab_size);
  if (!status.ok() || t.byte_tokens() == nullptr || t.byte_tokens()->size() == 0) return status;
  if (t.byte_tokens()->size() != 256) {
    return bad("tokenizer.byte_tokens", "must be empty or have 256 entries")
        .with(256, t.byte_tokens()->size());
  }
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    if (t.byte_tokens()->Get(byte) >= vocab_size) {
      return bad("tokenizer.byte_tokens", "is not a token of the vocabulary").at(byte);
    }
  }
  return {};
}

}  // namespace ringlet

#include "model/verify.hpp"

#include "base/features.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {
namespace {

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_model, where, what}; }

using Bytes = std::span<const std::uint8_t>;

Bytes piece(const schema::Tokenizer& t, std::uint32_t id) {
  const std::uint32_t begin = id == 0 ? 0 : t.ends()->Get(id - 1);
  return {t.text()->data() + begin, t.ends()->Get(id) - begin};
}

template <typename T>
std::uint32_t size_of(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

bool finite(float number) { return number >= -3.0e38F && number <= 3.0e38F; }

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
    if (!finite(t.scores()->Get(id))) return bad("tokenizer.scores", "must be finite").at(id);
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
    // A vocabulary of merges can have pieces that none of them leads to.
    if (t.kind() != schema::TokenizerKind::bpe && t.splits_before_space() &&
        has_space_inside(bytes)) {
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

/// `also` is allowed too.
Status check_tokens(const char* where, const flatbuffers::Vector<std::uint32_t>* ids,
                    std::uint32_t vocab_size, std::uint32_t also = 0) {
  for (std::uint32_t i = 0; i < size_of(ids); ++i) {
    if (ids->Get(i) >= vocab_size && ids->Get(i) != also) {
      return bad(where, "is not a token of the vocabulary").at(i);
    }
  }
  return {};
}

Status check_bytes(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  const std::uint32_t size = size_of(t.byte_tokens());
  if (size != 256 && (size != 0 || t.byte_level())) {
    return bad("tokenizer.byte_tokens",
               t.byte_level() ? "must have 256 entries" : "must be empty or have 256 entries")
        .with(256, size);
  }
  // Byte-pair encoding of bytes leaves out those without a token.
  const bool has_gaps =
      features::byte_pairs && t.byte_level() && t.kind() == schema::TokenizerKind::bpe;
  return check_tokens("tokenizer.byte_tokens", t.byte_tokens(), vocab_size,
                      has_gaps ? Tokenizer::none : 0);
}

/// Pieces that are found in a text before everything else.
Status check_added(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  const std::uint32_t count = size_of(t.added());
  if (size_of(t.added_strips()) != count) {
    return bad("tokenizer.added_strips", "must have one entry for each added token");
  }
  Status status = check_tokens("tokenizer.added", t.added(), vocab_size);
  for (std::uint32_t i = 0; i < count && status.ok(); ++i) {
    const std::uint32_t id = t.added()->Get(i);
    const auto kind = static_cast<schema::PieceKind>(t.kinds()->Get(id));
    const auto fault = [&](const char* what) { return bad("tokenizer.added", what).at(i); };
    if (kind != schema::PieceKind::control && kind != schema::PieceKind::user_defined) {
      status = fault("is neither a control nor a user-defined piece");
    } else if (piece(t, id).empty()) {
      status = fault("is an empty piece");
    } else if (i > 0 && !less(piece(t, t.added()->Get(i - 1)), piece(t, id))) {
      status = fault("is out of order");
    } else if (t.added_strips()->Get(i) > 7) {
      status = bad("tokenizer.added_strips", "must be 0 to 7").at(i);
    }
  }
  return status;
}

Status check_classes(const schema::Tokenizer& t) {
  const auto* ranges = t.character_classes();
  for (std::uint32_t i = 0; i < size_of(ranges); ++i) {
    const std::uint32_t first = ranges->Get(i) >> 3;
    if (i == 0 ? first != 0 : first <= ranges->Get(i - 1) >> 3) {
      return bad("tokenizer.character_classes", "must ascend from 0").at(i);
    }
  }
  return {};
}

/// The steps of a pre-tokenizer that is made of them.
Status check_steps(const schema::Tokenizer& t) {
  constexpr std::uint32_t most = 8;
  constexpr std::uint32_t known = 0x1F1F007B;  // a bit for each value of schema::WordStep
  const std::uint32_t count = size_of(t.word_steps());
  if ((count == 0) == (t.pre_tokenizer() == schema::PreTokenizer::steps) || count > most) {
    return bad("tokenizer.word_steps", "must be 1 to 8 where the pre-tokenizer has steps")
        .with(most, count);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto step = static_cast<std::uint32_t>(t.word_steps()->Get(i));
    if (step > 31 || (known >> step & 1) == 0) {
      return bad("tokenizer.word_steps", "is a step that this version does not know").at(i);
    }
  }
  return {};
}

}  // namespace

Status verify_tokenizer(const schema::Tokenizer& t, const Architecture& architecture) noexcept {
  const std::uint32_t vocab_size = architecture.vocab_size;
  if (t.kind() > schema::TokenizerKind::MAX || t.pre_tokenizer() > schema::PreTokenizer::MAX) {
    return {ErrorCode::unsupported, "tokenizer.kind",
            "is a tokenizer that this version does not know"};
  }
  if (t.ends()->size() != vocab_size || t.scores()->size() != vocab_size ||
      t.kinds()->size() != vocab_size) {
    return bad("tokenizer", "its tables must have one entry for each token")
        .with(vocab_size, t.ends()->size());
  }
  if (!finite(t.unknown_score())) return bad("tokenizer.unknown_score", "must be finite");
  Status status = check_pieces(t, vocab_size);
  if (status.ok()) status = check_sorted(t, vocab_size);
  if (status.ok()) status = check_special("tokenizer.bos", t.bos(), vocab_size);
  if (status.ok()) status = check_special("tokenizer.eos", t.eos(), vocab_size);
  if (status.ok()) status = check_special("tokenizer.unknown", t.unknown(), vocab_size);
  if (status.ok()) status = check_tokens("tokenizer.end_tokens", t.end_tokens(), vocab_size);
  if (status.ok()) status = check_bytes(t, vocab_size);
  // What a build has left out is refused after this (needs.hpp).
  if (features::added_tokens && status.ok()) status = check_added(t, vocab_size);
  if (features::byte_pairs && status.ok()) status = check_classes(t);
  if (features::byte_pairs && status.ok()) status = check_steps(t);
  if (features::normalizers && status.ok() && t.normalizer() != nullptr) {
    status = verify_normalizer(*t.normalizer());
  }
  if (features::byte_pairs && status.ok() && t.kind() == schema::TokenizerKind::bpe) {
    status = verify_merges(t, vocab_size);
  }
  return status;
}

}  // namespace ringlet

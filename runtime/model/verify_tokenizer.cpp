#include "model/verify.hpp"

#include "base/features.hpp"
#include "model/invalid_model.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {
namespace {

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

/// Compares unsigned bytes. A prefix is less than a longer text.
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
      return invalid_model("tokenizer.ends", "must ascend and stay within the text").at(id);
    }
    longest = next - end > longest ? next - end : longest;
    end = next;
    if (!finite(t.scores()->Get(id)))
      return invalid_model("tokenizer.scores", "must be finite").at(id);
    if (static_cast<schema::PieceKind>(t.kinds()->Get(id)) > schema::PieceKind::MAX) {
      return invalid_model("tokenizer.kinds", "unknown kind of piece").at(id);
    }
  }
  if (end != t.text()->size())
    return invalid_model("tokenizer.text", "has bytes after the last piece");
  if (longest != t.longest_piece()) {
    return invalid_model("tokenizer.longest_piece", "not the length of the longest piece")
        .with(longest, t.longest_piece());
  }
  if (longest > Detokenizer::longest_piece) {
    return invalid_model("tokenizer.longest_piece", "longer than this runtime supports")
        .at_most(Detokenizer::longest_piece, longest);
  }
  return {};
}

Status check_sorted(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  for (std::uint32_t i = 0; i < t.sorted()->size(); ++i) {
    const std::uint32_t id = t.sorted()->Get(i);
    const auto fault = [&](const char* what) {
      return invalid_model("tokenizer.sorted", what).at(i);
    };
    if (id >= vocab_size) return fault("not a token of the vocabulary").at_most(vocab_size - 1, id);
    if (static_cast<schema::PieceKind>(t.kinds()->Get(id)) != schema::PieceKind::normal) {
      return fault("not a normal piece");
    }
    const Bytes bytes = piece(t, id);
    if (bytes.empty()) return fault("an empty piece");
    if (i > 0 && !less(piece(t, t.sorted()->Get(i - 1)), bytes)) return fault("out of order");
    // A vocabulary with merges can contain pieces that no merge reaches.
    if (t.kind() != schema::TokenizerKind::bpe && t.splits_before_space() &&
        has_space_inside(bytes)) {
      return invalid_model("tokenizer.splits_before_space", "set, but a piece has a space inside")
          .at(id);
    }
  }
  return {};
}

Status check_special(const char* where, std::int32_t id, std::uint32_t vocab_size) {
  if (id >= -1 && id < static_cast<std::int32_t>(vocab_size)) return {};
  return invalid_model(where, "not a token of the vocabulary");
}

/// `also` is an additional allowed id.
Status check_tokens(const char* where, const flatbuffers::Vector<std::uint32_t>* ids,
                    std::uint32_t vocab_size, std::uint32_t also = 0) {
  for (std::uint32_t i = 0; i < size_of(ids); ++i) {
    if (ids->Get(i) >= vocab_size && ids->Get(i) != also) {
      return invalid_model(where, "not a token of the vocabulary").at(i);
    }
  }
  return {};
}

Status check_bytes(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  const std::uint32_t size = size_of(t.byte_tokens());
  if (size != 256 && (size != 0 || t.byte_level())) {
    return invalid_model("tokenizer.byte_tokens", t.byte_level()
                                                      ? "must have 256 entries"
                                                      : "must be empty or have 256 entries")
        .with(256, size);
  }
  // Byte-level byte-pair encoding drops bytes without a token.
  const bool has_gaps =
      features::byte_pairs && t.byte_level() && t.kind() == schema::TokenizerKind::bpe;
  return check_tokens("tokenizer.byte_tokens", t.byte_tokens(), vocab_size,
                      has_gaps ? Tokenizer::none : 0);
}

/// Pieces that are found in a text before anything else.
Status check_added(const schema::Tokenizer& t, std::uint32_t vocab_size) {
  const std::uint32_t count = size_of(t.added());
  if (size_of(t.added_strips()) != count) {
    return invalid_model("tokenizer.added_strips", "must have one entry for each added token");
  }
  Status status = check_tokens("tokenizer.added", t.added(), vocab_size);
  for (std::uint32_t i = 0; i < count && status.ok(); ++i) {
    const std::uint32_t id = t.added()->Get(i);
    const auto kind = static_cast<schema::PieceKind>(t.kinds()->Get(id));
    const auto fault = [&](const char* what) {
      return invalid_model("tokenizer.added", what).at(i);
    };
    if (kind != schema::PieceKind::control && kind != schema::PieceKind::user_defined) {
      status = fault("neither a control nor a user-defined piece");
    } else if (piece(t, id).empty()) {
      status = fault("an empty piece");
    } else if (i > 0 && !less(piece(t, t.added()->Get(i - 1)), piece(t, id))) {
      status = fault("out of order");
    } else if (t.added_strips()->Get(i) > 7) {
      status = invalid_model("tokenizer.added_strips", "must be 0 to 7").at(i);
    }
  }
  return status;
}

Status check_classes(const schema::Tokenizer& t) {
  const auto* ranges = t.character_classes();
  for (std::uint32_t i = 0; i < size_of(ranges); ++i) {
    const std::uint32_t first = ranges->Get(i) >> 3;
    if (i == 0 ? first != 0 : first <= ranges->Get(i - 1) >> 3) {
      return invalid_model("tokenizer.character_classes", "must ascend from 0").at(i);
    }
  }
  return {};
}

/// The steps of a pre-tokenizer that consists of steps.
Status check_steps(const schema::Tokenizer& t) {
  constexpr std::uint32_t most = 8;
  constexpr std::uint32_t known = 0x1F7FFF7B;  // one bit per value of schema::WordStep
  const std::uint32_t count = size_of(t.word_steps());
  if ((count == 0) == (t.pre_tokenizer() == schema::PreTokenizer::steps) || count > most) {
    return invalid_model("tokenizer.word_steps",
                         "must be 1 to 8 where the pre-tokenizer has steps, else none")
        .got(count);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto step = static_cast<std::uint32_t>(t.word_steps()->Get(i));
    if (step > 31 || (known >> step & 1) == 0) {
      return invalid_model("tokenizer.word_steps", "unknown step").at(i);
    }
  }
  return {};
}

}  // namespace

Status verify_tokenizer(const schema::Tokenizer& t, const Architecture& architecture) noexcept {
  const std::uint32_t vocab_size = architecture.vocab_size;
  if (t.kind() > schema::TokenizerKind::MAX || t.pre_tokenizer() > schema::PreTokenizer::MAX) {
    return {ErrorCode::unsupported, "tokenizer.kind", "unknown tokenizer kind"};
  }
  if (t.ends()->size() != vocab_size || t.scores()->size() != vocab_size ||
      t.kinds()->size() != vocab_size) {
    return invalid_model("tokenizer", "its tables must have one entry for each token")
        .with(vocab_size, t.ends()->size());
  }
  if (!finite(t.unknown_score())) return invalid_model("tokenizer.unknown_score", "must be finite");
  Status status = check_pieces(t, vocab_size);
  if (status.ok()) status = check_sorted(t, vocab_size);
  if (status.ok()) status = check_special("tokenizer.bos", t.bos(), vocab_size);
  if (status.ok()) status = check_special("tokenizer.eos", t.eos(), vocab_size);
  if (status.ok()) status = check_special("tokenizer.unknown", t.unknown(), vocab_size);
  if (status.ok()) status = check_tokens("tokenizer.end_tokens", t.end_tokens(), vocab_size);
  if (status.ok()) status = check_bytes(t, vocab_size);
  // Features that the build left out are refused later (required_features.hpp).
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

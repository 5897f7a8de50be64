#include "ringlet/tokenizer.hpp"

#include <bit>

#include "base/features.hpp"
#include "schema/ringlet_generated.h"
#include "text/bpe.hpp"
#include "text/encode.hpp"
#include "text/vocabulary.hpp"

namespace ringlet {
namespace {

// The tables are read in place, and files are little-endian.
static_assert(std::endian::native == std::endian::little);

template <typename T>
std::span<const T> view(const flatbuffers::Vector<T>* vector) noexcept {
  if (vector == nullptr) return {};
  return {vector->data(), vector->size()};
}

const schema::Tokenizer* tokenizer_of(const schema::Model* tables) noexcept {
  return tables == nullptr ? nullptr : tables->tokenizer();
}

TokenId token_or_none(std::int32_t id) noexcept {
  return id < 0 ? Tokenizer::none : static_cast<TokenId>(id);
}

Encoding encoding_of(schema::TokenizerKind kind) noexcept {
  switch (kind) {
    case schema::TokenizerKind::sentencepiece_bpe:
      break;
    case schema::TokenizerKind::bpe:
      return Encoding::bpe;
    case schema::TokenizerKind::unigram:
      return Encoding::unigram;
  }
  return Encoding::sentencepiece_bpe;
}

Normalizer normalizer_of(const schema::Normalizer* tables) noexcept {
  if (tables == nullptr) return {};
  return Normalizer({.trie = view(tables->trie()),
                     .replacements = reinterpret_cast<const char*>(tables->replacements()->data()),
                     .combining = view(tables->combining()),
                     .compositions = view(tables->compositions())});
}

std::span<const std::uint8_t> steps_of(const schema::Tokenizer& t) noexcept {
  const auto* steps = features::byte_pairs ? t.word_steps() : nullptr;
  if (steps == nullptr) return {};
  return {reinterpret_cast<const std::uint8_t*>(steps->data()), steps->size()};
}

/// Returns an empty vocabulary for the empty tokenizer.
Vocabulary vocabulary_of(const schema::Model* tables) noexcept {
  const schema::Tokenizer* tokenizer = tokenizer_of(tables);
  if (tokenizer == nullptr) return {};
  const schema::Tokenizer& t = *tokenizer;
  // Tables of features that this build left out are ignored.
  const auto table = [](bool built, const auto* vector) {
    return built ? view(vector) : decltype(view(vector)){};
  };
  return {.encoding = encoding_of(t.kind()),
          .pre_tokenizer = static_cast<PreTokenizer>(t.pre_tokenizer()),
          .text = reinterpret_cast<const char*>(t.text()->data()),
          .ends = view(t.ends()),
          .scores = view(t.scores()),
          .sorted = view(t.sorted()),
          .byte_tokens = view(t.byte_tokens()),
          .kinds = {reinterpret_cast<const std::uint8_t*>(t.kinds()->data()), t.kinds()->size()},
          .added = table(features::added_tokens, t.added()),
          .added_strips = table(features::added_tokens, t.added_strips()),
          .merges = {.begins = table(features::byte_pairs, t.merge_begins()),
                     .rights = table(features::byte_pairs, t.merge_rights()),
                     .results = table(features::byte_pairs, t.merge_results()),
                     .ranks = table(features::byte_pairs, t.merge_ranks())},
          .classes = CharacterClasses(table(features::byte_pairs, t.character_classes())),
          .word_steps = steps_of(t),
          .normalizer = features::normalizers ? normalizer_of(t.normalizer()) : Normalizer(),
          .unknown = token_or_none(t.unknown()),
          .unknown_score = t.unknown_score(),
          .longest_piece = t.longest_piece(),
          .byte_level = t.byte_level(),
          .whole_words = t.whole_words(),
          .fuse_unknown = t.fuse_unknown(),
          .add_space_prefix = t.add_space_prefix(),
          .prefix_unless_space = t.prefix_unless_space(),
          .prefix_after_added = t.prefix_after_added(),
          .collapse_spaces = t.collapse_spaces(),
          .splits_before_space = t.splits_before_space()};
}

bool is_of_kind(const schema::Model* tables, TokenId token, schema::PieceKind kind) noexcept {
  const schema::Tokenizer* tokenizer = tokenizer_of(tables);
  if (tokenizer == nullptr || token >= tokenizer->kinds()->size()) return false;
  return tokenizer->kinds()->Get(token) == kind;
}

/// Value of a hexadecimal digit, or 16 for any other character.
std::uint8_t digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return 16;
}

}  // namespace

Result<Tokenizer> Tokenizer::open(const Model& model) noexcept {
  if (tokenizer_of(model.tables()) == nullptr) {
    return Status(
        ErrorCode::unsupported, "tokenizer",
        "the model file has no tokenizer; convert it together with one, or use token ids");
  }
  Tokenizer tokenizer;
  tokenizer.tables_ = model.tables();
  return tokenizer;
}

std::uint64_t Tokenizer::workspace_bytes(std::uint32_t longest_word) noexcept {
  // One more byte for a prefix space.
  return BpeEncoder::workspace_bytes(std::uint64_t{longest_word} + 1);
}

Result<Encoded> Tokenizer::encode(std::string_view text, bool beginning,
                                  std::span<std::byte> workspace, std::span<TokenId> out,
                                  const ControlTokens& control_tokens) const noexcept {
  return encode_words(vocabulary_of(tables_), text, beginning, workspace, out, control_tokens);
}

std::string_view Tokenizer::piece(TokenId token) const noexcept {
  return vocabulary_of(tables_).piece(token);
}

TokenId Tokenizer::find(std::string_view piece) const noexcept {
  return vocabulary_of(tables_).find(piece);
}

bool Tokenizer::is_control(TokenId token) const noexcept {
  return is_of_kind(tables_, token, schema::PieceKind::control);
}

bool Tokenizer::is_byte(TokenId token, std::uint8_t* value) const noexcept {
  if (!is_of_kind(tables_, token, schema::PieceKind::byte)) return false;
  const std::string_view text = piece(token);  // "<0x0A>"
  if (text.size() != 6 || std::string_view(text.data(), 3) != "<0x" || text[5] != '>') return false;
  const std::uint8_t high = digit(text[3]);
  const std::uint8_t low = digit(text[4]);
  if (high > 15 || low > 15) return false;
  if (value != nullptr) *value = static_cast<std::uint8_t>(high * 16 + low);
  return true;
}

bool Tokenizer::is_text(TokenId token) const noexcept {
  return (is_of_kind(tables_, token, schema::PieceKind::normal) ||
          is_of_kind(tables_, token, schema::PieceKind::byte) ||
          is_of_kind(tables_, token, schema::PieceKind::user_defined)) &&
         !piece(token).empty() && !ends_reply(token);
}

TokenId Tokenizer::bos() const noexcept {
  return tokenizer_of(tables_) == nullptr ? none : token_or_none(tables_->tokenizer()->bos());
}

TokenId Tokenizer::eos() const noexcept {
  return tokenizer_of(tables_) == nullptr ? none : token_or_none(tables_->tokenizer()->eos());
}

bool Tokenizer::ends_reply(TokenId token) const noexcept {
  if (tokenizer_of(tables_) == nullptr || token == none) return false;
  if (token == eos()) return true;
  for (const TokenId end : view(tables_->tokenizer()->end_tokens())) {
    if (token == end) return true;
  }
  return false;
}

bool Tokenizer::adds_bos() const noexcept {
  return tokenizer_of(tables_) != nullptr && tables_->tokenizer()->add_bos() && bos() != none;
}

bool Tokenizer::adds_space_prefix() const noexcept {
  return tokenizer_of(tables_) != nullptr && tables_->tokenizer()->add_space_prefix();
}

}  // namespace ringlet

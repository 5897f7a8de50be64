#include "tokenizer/sentencepiece.hpp"

#include <algorithm>
#include <cmath>

#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "tokenizer/normalizer.hpp"
#include "tokenizer/pieces.hpp"
#include "tokenizer/tokenizer_tables.hpp"
#include "tokenizer/wire.hpp"

namespace ringlet::convert {
namespace {

// Field numbers of sentencepiece_model.proto.
namespace model_field {
constexpr std::uint32_t piece = 1, trainer = 2, normalizer = 3;
}
namespace piece_field {
constexpr std::uint32_t text = 1, score = 2, type = 3;
}
namespace trainer_field {
constexpr std::uint32_t model_type = 3, space_is_suffix = 24, unknown = 40, bos = 41, eos = 42;
}
namespace normalizer_field {
constexpr std::uint32_t charsmap = 2, dummy_prefix = 3, remove_spaces = 4, escape_spaces = 5;
}

enum class ModelType : std::uint8_t { unigram = 1, bpe = 2 };

SourcePiece read_piece(std::string_view bytes, const std::string& where) {
  SourcePiece piece;
  WireReader reader(bytes, where);
  while (reader.next()) {
    if (reader.field() == piece_field::text) piece.text = plain_spaces(reader.bytes());
    if (reader.field() == piece_field::score) piece.score = reader.number();
    if (reader.field() == piece_field::type) piece.kind = piece_kind(reader.integer(), where);
  }
  return piece;
}

/// Negative numbers are encoded as 64 bits.
std::int32_t token_id(const WireReader& reader, const std::string& where) {
  const auto id = static_cast<std::int64_t>(reader.integer());
  if (id < -1 || id >= static_cast<std::int64_t>(most_tokens)) {
    fail(where, ": token id ", id, " is beyond any vocabulary");
  }
  return static_cast<std::int32_t>(id);
}

void read_trainer(std::string_view bytes, const std::string& where, SourceTokenizer& tokenizer) {
  WireReader reader(bytes, where);
  while (reader.next()) {
    switch (reader.field()) {
      case trainer_field::model_type: {
        const std::uint64_t type = reader.integer();
        if (type != static_cast<unsigned>(ModelType::bpe) &&
            type != static_cast<unsigned>(ModelType::unigram)) {
          fail(where, ": model_type is ", type, "; BPE (2) and unigram (1) can be converted");
        }
        tokenizer.encoding = type == static_cast<unsigned>(ModelType::bpe)
                                 ? Encoding::sentencepiece_bpe
                                 : Encoding::unigram;
        break;
      }
      case trainer_field::space_is_suffix:
        if (reader.boolean()) fail(where, ": treat_whitespace_as_suffix cannot be converted");
        break;
      case trainer_field::unknown:
        tokenizer.unknown = token_id(reader, where);
        break;
      case trainer_field::bos:
        tokenizer.bos = token_id(reader, where);
        break;
      case trainer_field::eos:
        tokenizer.eos = token_id(reader, where);
        break;
      default:
        break;
    }
  }
}

void read_normalizer(std::string_view bytes, const std::string& where, SourceTokenizer& tokenizer) {
  NormalizerBuilder normalizer(where + ": precompiled_charsmap");
  WireReader reader(bytes, where);
  while (reader.next()) {
    switch (reader.field()) {
      case normalizer_field::charsmap:
        if (!reader.bytes().empty()) normalizer.charsmap(reader.bytes());
        break;
      case normalizer_field::dummy_prefix:
        tokenizer.add_space_prefix = reader.boolean();
        break;
      case normalizer_field::remove_spaces:
        tokenizer.collapse_spaces = reader.boolean();
        break;
      case normalizer_field::escape_spaces:
        if (!reader.boolean()) fail(where, ": escape_whitespaces must be on");
        break;
      default:
        break;
    }
  }
  tokenizer.normalizer = normalizer.build();
}

void check_ids(const SourceTokenizer& tokenizer, const std::string& name) {
  for (const std::int32_t id : {tokenizer.unknown, tokenizer.bos, tokenizer.eos}) {
    if (id >= static_cast<std::int32_t>(tokenizer.pieces.size())) {
      fail(name, ": trainer_spec names token ", id, " of ", tokenizer.pieces.size());
    }
  }
}

/// SentencePiece scores a character without a piece ten below the least likely piece.
float unknown_score(const SourceTokenizer& tokenizer) {
  float least = 0;
  for (const SourcePiece& piece : tokenizer.pieces) {
    if (piece.kind == SourcePieceKind::normal) least = std::min(least, piece.score);
  }
  return least - 10.0F;
}

}  // namespace

SourceTokenizer read_sentencepiece(std::string_view bytes, const std::string& name) {
  // The format's defaults for absent fields.
  SourceTokenizer tokenizer{.bos = 1,
                            .eos = 2,
                            .unknown = 0,
                            .encoding = Encoding::unigram,
                            .fuse_unknown = true,
                            .collapse_spaces = true};
  WireReader reader(bytes, name);
  while (reader.next()) {
    if (reader.field() == model_field::piece) {
      if (tokenizer.pieces.size() >= most_tokens) fail(name, ": has too many pieces");
      const std::string where = name + ": piece " + std::to_string(tokenizer.pieces.size());
      tokenizer.pieces.push_back(read_piece(reader.bytes(), where));
    } else if (reader.field() == model_field::trainer) {
      read_trainer(reader.bytes(), name + ": trainer_spec", tokenizer);
    } else if (reader.field() == model_field::normalizer) {
      read_normalizer(reader.bytes(), name + ": normalizer_spec", tokenizer);
    }
  }
  if (tokenizer.pieces.empty()) fail(name, " has no pieces; it is no SentencePiece model");
  check_ids(tokenizer, name);
  tokenizer.add_bos = tokenizer.bos >= 0;
  tokenizer.unknown_score = unknown_score(tokenizer);
  return tokenizer;
}

SourceTokenizer import_sentencepiece(const std::filesystem::path& path) {
  const PagedFile file(path);
  return read_sentencepiece(
      {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, path.string());
}

}  // namespace ringlet::convert

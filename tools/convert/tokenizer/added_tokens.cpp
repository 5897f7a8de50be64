#include "tokenizer/added_tokens.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "source/errors.hpp"
#include "text/normalizer.hpp"
#include "tokenizer/hf_sections.hpp"
#include "tokenizer/pieces.hpp"

namespace ringlet::convert {
namespace {

bool was_added(const SourcePiece& piece) {
  return piece.kind == SourcePieceKind::control || piece.kind == SourcePieceKind::user_defined;
}

bool looks_special(std::string_view text) {
  return text.size() > 4 && text.starts_with("<|") && text.ends_with("|>");
}

std::string normal_form(const SourceNormalizer& source, std::string_view text) {
  const Normalizer normalizer(
      {.trie = source.trie,
       .replacements = reinterpret_cast<const char*>(source.replacements.data()),
       .combining = {},
       .compositions = {}});
  std::string result;
  while (!text.empty()) {
    char out[Normalizer::longest_part];
    const Normalizer::Part part = normalizer.first_part(text, out);
    result.append(out, part.normal_bytes);
    text.remove_prefix(part.source_bytes);
  }
  return result;
}

/// Whether `late`, which is searched for after `early`, could be found where `early` should be.
bool is_in_the_way(std::string_view late, std::string_view early) {
  if (late.find(early) != std::string_view::npos) return true;
  for (std::size_t size = 1; size < early.size() && size < late.size(); ++size) {
    if (late.ends_with(early.substr(0, size))) return true;
  }
  return false;
}

/// Both kinds are searched for in one pass, which gives the same result unless two of them overlap.
void check_order(const std::vector<const SourcePiece*>& early,
                 const std::vector<const SourcePiece*>& late, const std::string& where) {
  for (const SourcePiece* token : late) {
    for (const SourcePiece* other : early) {
      if (!is_in_the_way(token->text, other->text)) continue;
      fail(where, ": added token \"", token->text, "\" is normalized and overlaps \"", other->text,
           "\", which is not and so would go first; the runtime looks for both at once");
    }
  }
}

void make_control(const JsonField& name, SourceTokenizer& tokenizer) {
  const std::string text = name.value().is_object() ? name.at("content").text() : name.text();
  const std::int32_t token = find_piece(tokenizer, text);
  if (token < 0) return;
  SourcePiece& piece = tokenizer.pieces[static_cast<std::size_t>(token)];
  const bool is_mark = piece.kind == SourcePieceKind::normal && text.size() > 2 &&
                       text.starts_with('<') && text.ends_with('>');
  if (was_added(piece) || is_mark) piece.kind = SourcePieceKind::control;
}

}  // namespace

SourcePiece read_added_token(const JsonField& token) {
  refuse_other_keys(token, {"id", "content", "single_word", "lstrip", "rstrip", "normalized",
                            "special", "__type"});
  if (token.flag("single_word", false)) {
    token.refuse("is matched only as a whole word, which the runtime does not support");
  }
  const bool special = token.flag("special", false);
  SourcePiece piece{.text = token.at("content").text(),
                    .kind = special ? SourcePieceKind::control : SourcePieceKind::user_defined,
                    .strips_before = token.flag("lstrip", false),
                    .strips_after = token.flag("rstrip", false),
                    .normalized = token.flag("normalized", !special)};
  if (piece.text.empty()) token.refuse("has an empty content");
  return piece;
}

void put_added_token(SourceTokenizer& tokenizer, std::size_t id, SourcePiece piece,
                     const std::string& where) {
  auto& pieces = tokenizer.pieces;
  if (id >= most_tokens) fail(where, ": token id ", id, " is beyond any vocabulary");
  if (id >= pieces.size()) pieces.resize(id + 1, {.kind = SourcePieceKind::unused});
  SourcePiece& old = pieces[id];
  const bool is_free = old.text.empty() && old.kind == SourcePieceKind::unused;
  // SentencePiece's own spelling of spaces.
  if (!tokenizer.byte_level && old.text == plain_spaces(piece.text)) piece.text = old.text;
  if (!is_free && old.text != piece.text) {
    fail(where, ": is \"", piece.text, "\", but the vocabulary has \"", old.text, "\" there");
  }
  piece.score = old.score;
  old = std::move(piece);
}

void read_added_tokens_file(const JsonField& root, SourceTokenizer& tokenizer) {
  if (!root.value().is_object()) root.refuse("must be an object");
  for (const auto& [text, value] : root.value().items()) {
    const JsonField field(value, root.where() + ": \"" + text + "\"");
    const std::uint32_t id = field.index(most_tokens);
    if (text.empty()) field.refuse("has an empty text");
    if (id < tokenizer.pieces.size() && was_added(tokenizer.pieces[id]) &&
        tokenizer.pieces[id].text == text) {
      continue;  // tokenizer.json takes precedence
    }
    const auto kind =
        looks_special(text) ? SourcePieceKind::control : SourcePieceKind::user_defined;
    put_added_token(tokenizer, id, {.text = text, .kind = kind}, field.where());
  }
}

void read_special_roles(const JsonField& config, SourceTokenizer& tokenizer) {
  for (const char* role : {"bos_token", "eos_token", "unk_token", "pad_token", "sep_token",
                           "cls_token", "mask_token"}) {
    if (const auto name = config.find(role)) make_control(*name, tokenizer);
  }
  const std::optional<JsonField> more = config.find("additional_special_tokens");
  if (!more || !more->value().is_array()) return;
  for (std::size_t i = 0; i < more->array_size(); ++i) make_control(more->element(i), tokenizer);
}

void settle_normalized_tokens(SourceTokenizer& tokenizer, const std::string& where) {
  std::vector<const SourcePiece*> early;
  std::vector<const SourcePiece*> late;
  for (SourcePiece& piece : tokenizer.pieces) {
    if (!was_added(piece) || piece.text.empty()) continue;
    (piece.normalized ? late : early).push_back(&piece);
    piece.takes_space = piece.normalized && tokenizer.prepends_space;
    if (piece.takes_space && (piece.strips_before || piece.strips_after)) {
      fail(where, ": added token \"", piece.text,
           "\" is normalized and strips white space, which the runtime does not support where a "
           "space is put in front of texts");
    }
  }
  check_order(early, late, where);
  if (late.empty() || tokenizer.normalizer.trie.empty()) return;
  for (const SourcePiece* piece : late) {
    // Composition joins marks, which tokens do not contain.
    if (normal_form(tokenizer.normalizer, piece->text) == piece->text) continue;
    fail(where, ": added token \"", piece->text,
         "\" is normalized and the normalizer changes it; the runtime finds tokens as they are "
         "written");
  }
  if (!tokenizer.normalizer.composes || tokenizer.normalizer.name != "NFC") {
    tokenizer.notes.push_back("added tokens, of which " + std::to_string(late.size()) +
                              " are to be found in normalized text, are found as they are written");
  }
}

}  // namespace ringlet::convert

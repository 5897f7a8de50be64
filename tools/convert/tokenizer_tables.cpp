#include "tokenizer_tables.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::convert {
namespace {

static_assert(longest_piece_allowed == Detokenizer::longest_piece);

schema::PieceKind kind_of(SourcePieceKind kind) {
  switch (kind) {
    case SourcePieceKind::normal:
      return schema::PieceKind::normal;
    case SourcePieceKind::unknown:
      return schema::PieceKind::unknown;
    case SourcePieceKind::control:
      return schema::PieceKind::control;
    case SourcePieceKind::byte:
      return schema::PieceKind::byte;
    case SourcePieceKind::unused:
      return schema::PieceKind::unused;
  }
  return schema::PieceKind::unused;
}

/// A space after another character would let a piece reach across two words.
bool has_inner_space(std::string_view text) {
  const std::size_t word = text.find_first_not_of(' ');
  return word != std::string_view::npos && text.find(' ', word) != std::string_view::npos;
}

void check_piece(const SourcePiece& piece, std::size_t id) {
  if (piece.text.size() > longest_piece_allowed) {
    fail("token ", id, " has ", piece.text.size(), " bytes; the runtime has room for pieces of ",
         longest_piece_allowed);
  }
  if (!std::isfinite(piece.score)) {
    fail("token ", id, " has a score that is not finite (", piece.score, ")");
  }
}

void append_piece(const SourcePiece& piece, TokenizerTables& tables) {
  tables.text.insert(tables.text.end(), piece.text.begin(), piece.text.end());
  tables.ends.push_back(static_cast<std::uint32_t>(tables.text.size()));
  tables.scores.push_back(piece.score);
  tables.kinds.push_back(kind_of(piece.kind));
  tables.longest_piece =
      std::max(tables.longest_piece, static_cast<std::uint32_t>(piece.text.size()));
}

/// Of pieces with the same text only the one with the lowest id is found.
std::vector<std::uint32_t> sort_pieces(const std::vector<SourcePiece>& pieces) {
  std::vector<std::uint32_t> sorted;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].kind == SourcePieceKind::normal && !pieces[id].text.empty())
      sorted.push_back(id);
  }
  // std::string compares as unsigned bytes, and a prefix is less than what it begins.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](auto a, auto b) { return pieces[a].text < pieces[b].text; });
  const auto end = std::unique(sorted.begin(), sorted.end(),
                               [&](auto a, auto b) { return pieces[a].text == pieces[b].text; });
  sorted.erase(end, sorted.end());
  return sorted;
}

std::vector<std::uint32_t> find_byte_tokens(const std::vector<SourcePiece>& pieces) {
  constexpr std::uint32_t none = 0xFFFFFFFF;
  std::vector<std::uint32_t> tokens(256, none);
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].kind != SourcePieceKind::byte) continue;
    const int value = byte_piece_value(pieces[id].text);
    if (value < 0) fail("token ", id, " is a byte, but its text is \"", pieces[id].text, "\"");
    std::uint32_t& token = tokens[static_cast<std::size_t>(value)];
    if (token == none) token = id;
  }
  const auto missing = std::count(tokens.begin(), tokens.end(), none);
  if (missing == 256) return {};
  if (missing > 0) {
    const auto first = std::find(tokens.begin(), tokens.end(), none) - tokens.begin();
    fail("the tokenizer has no token for ", missing, " of the 256 byte values (the first is ",
         first, "); it must have all or none");
  }
  return tokens;
}

}  // namespace

TokenizerTables build_tokenizer_tables(const SourceTokenizer& tokenizer) {
  TokenizerTables tables;
  for (std::size_t id = 0; id < tokenizer.pieces.size(); ++id) {
    const SourcePiece& piece = tokenizer.pieces[id];
    check_piece(piece, id);
    append_piece(piece, tables);
    if (piece.kind == SourcePieceKind::normal && has_inner_space(piece.text)) {
      tables.splits_before_space = false;
    }
  }
  tables.sorted = sort_pieces(tokenizer.pieces);
  tables.byte_tokens = find_byte_tokens(tokenizer.pieces);
  return tables;
}

int byte_piece_value(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  if (text.size() != 6 || !text.starts_with("<0x") || text.back() != '>') return -1;
  const std::size_t high = digits.find(text[3]);
  const std::size_t low = digits.find(text[4]);
  if (high == std::string_view::npos || low == std::string_view::npos) return -1;
  return static_cast<int>(high * 16 + low);
}

}  // namespace ringlet::convert

#include "tokenizer/tokenizer_tables.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "ringlet/linux/token_trie.hpp"
#include "ringlet/tokenizer.hpp"
#include "source/errors.hpp"
#include "tokenizer/unicode_tables.hpp"

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
    case SourcePieceKind::user_defined:
      return schema::PieceKind::user_defined;
  }
  return schema::PieceKind::unused;
}

/// A space after another character would let a piece span two words.
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

bool is_added(const SourcePiece& piece) {
  return piece.kind == SourcePieceKind::control || piece.kind == SourcePieceKind::user_defined;
}

/// Returns the ids of the pieces that `wanted` accepts, sorted by their bytes. If several pieces
/// have the same text, only the lowest id is used.
template <typename Wanted>
std::vector<std::uint32_t> sort_pieces(const std::vector<SourcePiece>& pieces, Wanted wanted) {
  std::vector<std::uint32_t> sorted;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    if (wanted(pieces[id]) && !pieces[id].text.empty()) sorted.push_back(id);
  }
  // std::string compares unsigned bytes, and a prefix is less than a longer text.
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

/// For byte-level vocabularies, a byte is an ordinary piece; otherwise the unknown token, or
/// nothing.
std::vector<std::uint32_t> find_byte_pieces(const SourceTokenizer& tokenizer) {
  std::vector<std::uint32_t> tokens = byte_pieces(tokenizer);
  const auto missing = std::count(tokens.begin(), tokens.end(), Tokenizer::none);
  if (missing == 256) fail("the vocabulary is one of bytes, but has no piece for any of them");
  const auto is_byte = [](const SourcePiece& piece) { return piece.kind == SourcePieceKind::byte; };
  if (missing > 0 && std::any_of(tokenizer.pieces.begin(), tokenizer.pieces.end(), is_byte)) {
    fail("the vocabulary is one of bytes and has none for ", missing,
         " of them; that byte_fallback should spell these is a combination that is not supported");
  }
  if (tokenizer.unknown >= 0) {
    std::replace(tokens.begin(), tokens.end(), Tokenizer::none,
                 static_cast<std::uint32_t>(tokenizer.unknown));
  }
  return tokens;
}

/// Sorted by left and right piece, with an index by the left one. If a pair occurs twice, the lower
/// rank is used.
void add_merges(const SourceTokenizer& tokenizer, TokenizerTables& tables) {
  std::vector<SourceMerge> merges = tokenizer.merges;
  std::sort(merges.begin(), merges.end(), [](const SourceMerge& a, const SourceMerge& b) {
    return std::tie(a.left, a.right, a.rank) < std::tie(b.left, b.right, b.rank);
  });
  const auto same = [](const SourceMerge& a, const SourceMerge& b) {
    return a.left == b.left && a.right == b.right;
  };
  merges.erase(std::unique(merges.begin(), merges.end(), same), merges.end());
  tables.merge_begins.assign(tokenizer.pieces.size() + 1, 0);
  for (const SourceMerge& merge : merges) {
    ++tables.merge_begins[merge.left + 1];
    tables.merge_rights.push_back(merge.right);
    tables.merge_results.push_back(merge.result);
    tables.merge_ranks.push_back(merge.rank);
  }
  for (std::size_t i = 1; i < tables.merge_begins.size(); ++i) {
    tables.merge_begins[i] += tables.merge_begins[i - 1];
  }
}

void add_added(const std::vector<SourcePiece>& pieces, TokenizerTables& tables) {
  tables.added = sort_pieces(pieces, is_added);
  for (const std::uint32_t id : tables.added) {
    const int strips = (pieces[id].strips_before ? 1 : 0) + (pieces[id].strips_after ? 2 : 0) +
                       (pieces[id].takes_space ? 4 : 0);
    tables.added_strips.push_back(static_cast<std::uint8_t>(strips));
  }
}

/// The character classes that a step needs; nothing if any will do.
std::optional<Classes> classes_for(WordStep step) {
  switch (step) {
    case WordStep::gpt2:
    case WordStep::llama3:
    case WordStep::qwen2:
    case WordStep::seed_coder:
    case WordStep::letters_after_space:
      return Classes::letters;
    case WordStep::gpt4o:
    case WordStep::tekken:
    case WordStep::qwen35:
      return Classes::cases;
    case WordStep::punctuation_isolated:
    case WordStep::punctuation_removed:
    case WordStep::punctuation_with_previous:
    case WordStep::punctuation_with_next:
    case WordStep::punctuation_contiguous:
      return Classes::all;
    case WordStep::punctuation_after_space:
      return Classes::today;
    case WordStep::deepseek3:
      return Classes::symbols;
    default:
      return std::nullopt;
  }
}

/// The character classes that the pre-tokenizer needs. Refuses steps that need different ones.
Classes classes_for(const SourceTokenizer& tokenizer) {
  // A pre-tokenizer of one expression has the number of its step.
  std::vector<WordStep> steps = tokenizer.word_steps;
  steps.push_back(static_cast<WordStep>(tokenizer.pre_tokenizer));
  std::optional<Classes> classes;
  for (const WordStep step : steps) {
    const std::optional<Classes> needed = classes_for(step);
    if (!needed) continue;
    const Classes least = std::min(*needed, classes.value_or(*needed));
    classes = std::max(*needed, classes.value_or(*needed));
    if (least == *classes || (least <= Classes::cases && *classes != Classes::symbols)) continue;
    fail(
        "two steps of the pre-tokenizer mean different characters by letters or punctuation, "
        "which the runtime does not do");
  }
  return classes.value_or(Classes::letters);
}

/// Pieces that no merge can reach do not restrict how words are split.
bool takes_part(const SourceTokenizer& tokenizer, const std::vector<bool>& reached,
                std::size_t id) {
  return tokenizer.pieces[id].kind == SourcePieceKind::normal &&
         (tokenizer.encoding != Encoding::bpe || tokenizer.whole_words || reached[id]);
}

}  // namespace

TokenizerTables build_tokenizer_tables(const SourceTokenizer& tokenizer) {
  TokenizerTables tables;
  std::vector<bool> reached(tokenizer.pieces.size(), false);
  for (const SourceMerge& merge : tokenizer.merges) reached[merge.result] = true;
  for (std::size_t id = 0; id < tokenizer.pieces.size(); ++id) {
    const SourcePiece& piece = tokenizer.pieces[id];
    check_piece(piece, id);
    append_piece(piece, tables);
    if (takes_part(tokenizer, reached, id) && has_inner_space(piece.text)) {
      tables.splits_before_space = false;
    }
  }
  tables.sorted = sort_pieces(tokenizer.pieces, [](const SourcePiece& piece) {
    return piece.kind == SourcePieceKind::normal;
  });
  tables.byte_tokens =
      tokenizer.byte_level ? find_byte_pieces(tokenizer) : find_byte_tokens(tokenizer.pieces);
  add_added(tokenizer.pieces, tables);
  if (tokenizer.encoding == Encoding::bpe) add_merges(tokenizer, tables);
  if (tokenizer.normalizer.composes) {
    tables.combining = combining_ranges();
    tables.compositions = compositions();
  }
  const bool strips = std::any_of(tables.added_strips.begin(), tables.added_strips.end(),
                                  [](std::uint8_t strip) { return strip != 0; });
  const PreTokenizer words = tokenizer.pre_tokenizer;
  if (strips || (words != PreTokenizer::none && words != PreTokenizer::spaces)) {
    tables.character_classes = character_class_ranges(classes_for(tokenizer));
  }
  return tables;
}

void add_token_trie(const SourceTokenizer& tokenizer, TokenizerTables& tables) {
  const auto ends_reply = [&](std::uint32_t id) {
    const auto& ends = tokenizer.end_tokens;
    return static_cast<std::int64_t>(id) == tokenizer.eos ||
           std::find(ends.begin(), ends.end(), id) != ends.end();
  };
  const auto bytes_of = [&](std::uint32_t id) -> std::string {
    const SourcePiece& piece = tokenizer.pieces[id];
    if (ends_reply(id)) return {};
    if (piece.kind == SourcePieceKind::byte) {
      return {static_cast<char>(byte_piece_value(piece.text))};
    }
    const bool is_text =
        piece.kind == SourcePieceKind::normal || piece.kind == SourcePieceKind::user_defined;
    return is_text ? piece.text : std::string();
  };
  tables.token_trie =
      port::build_token_trie(static_cast<std::uint32_t>(tokenizer.pieces.size()), bytes_of);
}

std::vector<std::uint32_t> byte_pieces(const SourceTokenizer& tokenizer) {
  std::vector<std::uint32_t> tokens(256, Tokenizer::none);
  for (std::uint32_t id = 0; id < tokenizer.pieces.size(); ++id) {
    const SourcePiece& piece = tokenizer.pieces[id];
    if (piece.kind != SourcePieceKind::normal || piece.text.size() != 1) continue;
    std::uint32_t& token = tokens[static_cast<std::uint8_t>(piece.text.front())];
    if (token == Tokenizer::none) token = id;
  }
  return tokens;
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

#include "tokenizer/pieces.hpp"

#include <algorithm>
#include <array>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// Notes which added tokens have no row in the embedding, and removes their roles.
void drop_tokens_beyond(SourceTokenizer& tokenizer, std::uint32_t vocab_size) {
  std::string texts;
  for (std::size_t id = vocab_size; id < tokenizer.pieces.size(); ++id) {
    const std::string& text = tokenizer.pieces[id].text;
    if (!text.empty()) texts += (texts.empty() ? "\"" : ", \"") + text + "\"";
  }
  if (!texts.empty()) {
    tokenizer.notes.push_back("left out " + texts + ": the embedding has " +
                              std::to_string(vocab_size) + " tokens and none for it");
  }
  const auto is_beyond = [&](std::uint32_t id) { return id >= vocab_size; };
  for (std::int32_t* role : {&tokenizer.bos, &tokenizer.eos, &tokenizer.unknown}) {
    if (*role >= 0 && is_beyond(static_cast<std::uint32_t>(*role))) *role = -1;
  }
  auto& ends = tokenizer.end_tokens;
  ends.erase(std::remove_if(ends.begin(), ends.end(), is_beyond), ends.end());
  if (tokenizer.eos < 0 && !ends.empty()) {
    tokenizer.eos = static_cast<std::int32_t>(ends.front());
    ends.erase(ends.begin());
  }
  tokenizer.add_bos = tokenizer.add_bos && tokenizer.bos >= 0;
}

}  // namespace

std::string plain_spaces(std::string_view text) {
  constexpr std::string_view mark = "\xE2\x96\x81";
  std::string plain;
  while (!text.empty()) {
    const bool is_mark = text.starts_with(mark);
    plain += is_mark ? ' ' : text.front();
    text.remove_prefix(is_mark ? mark.size() : 1);
  }
  return plain;
}

std::int32_t find_piece(const SourceTokenizer& tokenizer, std::string_view text) {
  for (std::size_t id = 0; id < tokenizer.pieces.size(); ++id) {
    if (tokenizer.pieces[id].text == text) return static_cast<std::int32_t>(id);
  }
  return -1;
}

void PieceTable::put(std::uint32_t id, SourcePiece piece) {
  if (id >= most_tokens) fail(where_, ": token id ", id, " is beyond any vocabulary");
  if (id >= pieces_.size()) {
    pieces_.resize(id + 1, {.text = {}, .kind = SourcePieceKind::unused});
    taken_.resize(id + 1, false);
  }
  if (taken_[id]) {
    fail(where_, ": \"", pieces_[id].text, "\" and \"", piece.text, "\" have the same id ", id);
  }
  taken_[id] = true;
  pieces_[id] = std::move(piece);
}

void find_end_tokens(SourceTokenizer& tokenizer) {
  constexpr std::array<std::string_view, 11> known = {
      "<|im_end|>",      "<|eot_id|>",      "<|eom_id|>", "<|end|>",
      "<end_of_turn>",   "<|endoftext|>",   "</s>",       "<eos>",
      "<|end_of_text|>", "<|end_of_turn|>", "<|return|>"};
  for (std::uint32_t id = 0; id < tokenizer.pieces.size(); ++id) {
    const SourcePiece& piece = tokenizer.pieces[id];
    const auto& ends = tokenizer.end_tokens;
    if (piece.kind != SourcePieceKind::control || tokenizer.eos == static_cast<std::int32_t>(id) ||
        std::find(known.begin(), known.end(), piece.text) == known.end() ||
        std::find(ends.begin(), ends.end(), id) != ends.end()) {
      continue;
    }
    tokenizer.end_tokens.push_back(id);
  }
  if (tokenizer.eos < 0 && !tokenizer.end_tokens.empty()) {
    tokenizer.eos = static_cast<std::int32_t>(tokenizer.end_tokens.front());
    tokenizer.end_tokens.erase(tokenizer.end_tokens.begin());
  }
}

SourcePieceKind piece_kind(std::uint64_t type, const std::string& where) {
  switch (type) {
    case 1:
      return SourcePieceKind::normal;
    case 2:
      return SourcePieceKind::unknown;
    case 3:
      return SourcePieceKind::control;
    case 4:
      return SourcePieceKind::user_defined;
    case 5:
      return SourcePieceKind::unused;
    case 6:
      return SourcePieceKind::byte;
    default:
      fail(where, ": has type ", type, ", which is not known");
  }
}

void fit_vocabulary(SourceTokenizer& tokenizer, std::uint32_t vocab_size) {
  auto& pieces = tokenizer.pieces;
  const auto limit = static_cast<std::ptrdiff_t>(std::min<std::size_t>(vocab_size, pieces.size()));
  const auto is_ordinary = [](const SourcePiece& piece) {
    return piece.kind == SourcePieceKind::normal || piece.kind == SourcePieceKind::byte;
  };
  if (std::any_of(pieces.begin() + limit, pieces.end(), is_ordinary)) {
    fail("the tokenizer has ", pieces.size(), " tokens, but the model's vocabulary has ",
         vocab_size, "; give the model's own tokenizer with --tokenizer");
  }
  drop_tokens_beyond(tokenizer, vocab_size);
  pieces.resize(vocab_size, {.text = {}, .kind = SourcePieceKind::unused});
}

}  // namespace ringlet::convert

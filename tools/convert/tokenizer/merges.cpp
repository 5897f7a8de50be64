#include "tokenizer/merges.hpp"

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

std::uint32_t piece_of(const PieceIndex& index, const std::string& text, const std::string& where,
                       std::size_t rank) {
  const std::uint32_t id = index.find(text);
  if (id == PieceIndex::none) {
    fail(where, ": merge ", rank, " needs \"", text, "\", which is not in the vocabulary");
  }
  return id;
}

}  // namespace

PieceIndex::PieceIndex(const std::vector<SourcePiece>& pieces) {
  ids_.reserve(pieces.size());
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].kind == SourcePieceKind::normal && !pieces[id].text.empty()) {
      ids_.emplace(pieces[id].text, id);
    }
  }
}

std::uint32_t PieceIndex::find(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? none : found->second;
}

std::vector<SourceMerge> resolve_merges(const std::vector<SourcePiece>& pieces,
                                        const std::vector<MergePair>& pairs,
                                        const std::string& where) {
  const PieceIndex index(pieces);
  std::vector<SourceMerge> merges;
  merges.reserve(pairs.size());
  for (std::size_t rank = 0; rank < pairs.size(); ++rank) {
    const auto& [left, right] = pairs[rank];
    merges.push_back({.left = piece_of(index, left, where, rank),
                      .right = piece_of(index, right, where, rank),
                      .result = piece_of(index, left + right, where, rank),
                      .rank = static_cast<std::uint32_t>(rank)});
  }
  return merges;
}

std::vector<SourceMerge> merges_of_ranks(const std::vector<SourcePiece>& pieces,
                                         const std::vector<std::uint32_t>& ranks) {
  const PieceIndex index(pieces);
  std::vector<SourceMerge> merges;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const std::string_view text = pieces[id].text;
    if (pieces[id].kind != SourcePieceKind::normal) continue;
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      const std::uint32_t left = index.find(text.substr(0, cut));
      const std::uint32_t right = index.find(text.substr(cut));
      if (left == PieceIndex::none || right == PieceIndex::none) continue;
      merges.push_back({.left = left, .right = right, .result = id, .rank = ranks[id]});
    }
  }
  return merges;
}

MergePair split_merge(std::string_view text, const std::string& where, std::size_t index) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == text.size() ||
      text.find(' ', space + 1) != std::string_view::npos) {
    fail(where, ": merge ", index, " is \"", std::string(text),
         "\"; two pieces with a space between them are needed");
  }
  return {std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

}  // namespace ringlet::convert

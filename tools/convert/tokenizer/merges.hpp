// Merges of byte-pair encoding, from the various forms in sources.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// The ids of the pieces that take part in merging, by their text. If several pieces have the same
/// text, the lowest id.
class PieceIndex {
 public:
  explicit PieceIndex(const std::vector<SourcePiece>& pieces);

  static constexpr std::uint32_t none = 0xFFFFFFFF;
  [[nodiscard]] std::uint32_t find(std::string_view text) const;

 private:
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

/// A merge as written in sources, in the spelling of the pieces.
using MergePair = std::pair<std::string, std::string>;

/// Resolves each pair to pieces, in order of rank. Throws std::runtime_error with the merge (and
/// `where`, the file or field) if it uses or produces a text that is not a piece.
std::vector<SourceMerge> resolve_merges(const std::vector<SourcePiece>& pieces,
                                        const std::vector<MergePair>& pairs,
                                        const std::string& where);

/// Returns the merges of a vocabulary in which any two pieces merge if together they spell a third,
/// the one with the lowest rank first (tiktoken): every split of a piece into two, with `ranks[id]`
/// of the whole.
std::vector<SourceMerge> merges_of_ranks(const std::vector<SourcePiece>& pieces,
                                         const std::vector<std::uint32_t>& ranks);

/// Splits "left right". Throws std::runtime_error unless there is exactly one space.
MergePair split_merge(std::string_view text, const std::string& where, std::size_t index);

}  // namespace ringlet::convert

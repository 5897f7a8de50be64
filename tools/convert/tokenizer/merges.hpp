// Merges of byte-pair encoding, from the forms that sources have them in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "source_model.hpp"

namespace ringlet::convert {

/// The ids of the pieces that take part in merging, by their text. Of equal texts the lowest id.
class PieceIndex {
 public:
  explicit PieceIndex(const std::vector<SourcePiece>& pieces);

  static constexpr std::uint32_t none = 0xFFFFFFFF;
  [[nodiscard]] std::uint32_t find(std::string_view text) const;

 private:
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

/// A merge as sources write it, in the spelling of the pieces.
using MergePair = std::pair<std::string, std::string>;

/// Gives each pair its pieces, in order of rank. Throws std::runtime_error naming the merge (and
/// `where`, the file or field) that uses or makes a text that is no piece.
std::vector<SourceMerge> resolve_merges(const std::vector<SourcePiece>& pieces,
                                        const std::vector<MergePair>& pairs,
                                        const std::string& where);

/// The merges of a vocabulary in which any two pieces merge that together spell a third, the one
/// with the lowest rank first (tiktoken): every way to cut a piece in two, with `ranks[id]` of the
/// whole.
std::vector<SourceMerge> merges_of_ranks(const std::vector<SourcePiece>& pieces,
                                         const std::vector<std::uint32_t>& ranks);

/// "left right" taken apart. Throws std::runtime_error when there is not exactly one space.
MergePair split_merge(std::string_view text, const std::string& where, std::size_t index);

}  // namespace ringlet::convert

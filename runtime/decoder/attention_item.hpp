// The unit that attention is made of: one token and one kv head, whole or in parts.
#pragma once

#include "decoder/attention.hpp"

namespace ringlet {

/// The query heads of one kv head, for one token.
struct AttentionItem {
  const AttentionContext& context;
  const LayerCache& cache;
  AttentionLane lane;
  std::uint32_t layer;
  std::uint32_t kv_head;
  std::uint64_t position;  // of the token
  const float* queries;    // heads_per_kv × head_dim, before rotation
  float* out;              // heads_per_kv × head_dim
  float* values;           // the same, of the segment in hand
  SoftmaxState* segments;  // heads_per_kv, of the segment in hand
};

/// Segments of 256 aligned positions, pinned, cold and hot, that a query at `position` reads.
[[nodiscard]] std::uint32_t count_segments(const RingGeometry& ring,
                                           std::uint64_t position) noexcept;

/// The segments [begin, end) of an item of token t. A part that begins with
/// the first is folded into lane.totals and item.out, and if it is all of the item that is the
/// result. Of any other part the segments are kept in the lane for fold_kept().
void attend_item(AttentionItem item, std::size_t t, std::uint32_t begin,
                 std::uint32_t end) noexcept;

/// Folds `segments` segments that another lane kept into the item of `lane`, and if they are the
/// last makes it the result.
void fold_kept(const AttentionContext& context, const AttentionLane& kept, std::size_t segments,
               bool last, const AttentionLane& lane, float* out) noexcept;

}  // namespace ringlet

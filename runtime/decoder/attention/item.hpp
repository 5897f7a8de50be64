// The unit of attention work: one token and one kv head, whole or in parts.
#pragma once

#include <limits>

#include "decoder/attention/attend.hpp"

namespace ringlet {

/// One token and the query heads that share a kv head.
struct AttentionItem {
  const Attention& attention;
  const KvCache& cache;
  const LayerCache& layer;
  AttentionWorkspace workspace;
  std::uint32_t kv_head;
  std::uint64_t position;  // of the token
  const float* queries;    // heads_per_kv × head_dim, before rotation
  float* out;              // heads_per_kv × head_dim
  float* values;           // heads_per_kv × head_dim, of the current segment
  SoftmaxState* segments;  // heads_per_kv, of the current segment
};

/// Number of segments of 256 aligned positions (sinks, cold and hot) that a query at `position`
/// reads.
[[nodiscard]] std::uint32_t count_segments(const RingGeometry& ring,
                                           std::uint64_t position) noexcept;

/// As `end`: all segments of an item, however many it has.
inline constexpr std::uint32_t all_segments = std::numeric_limits<std::uint32_t>::max();

/// Processes the segments [begin, end) of an item of row t. A part with the first segment is
/// folded into workspace.totals and item.out; if it is the whole item, that is the result. For any
/// other part, the segments are kept in the workspace for fold_kept().
void attend_item(AttentionItem item, std::size_t t, std::uint32_t begin,
                 std::uint32_t end) noexcept;

/// Folds `segments` segments that another thread kept into the item of `workspace`. If `last` is
/// true, they complete the result.
void fold_kept(const Attention& attention, const AttentionWorkspace& kept, std::size_t segments,
               bool last, const AttentionWorkspace& workspace, float* out) noexcept;

}  // namespace ringlet

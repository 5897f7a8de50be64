// How the attention of a range of tokens is divided among the lanes of a team.
#include <algorithm>

#include "base/features.hpp"
#include "decoder/attention_item.hpp"

namespace ringlet {
namespace {

/// The work on a range: every pair of token and kv head is an item of `segments` units, of which
/// the last may be empty. A lane takes consecutive units.
struct Dispatch {
  const AttentionContext& context;
  std::uint32_t layer;
  TokenRange range;
  std::uint32_t segments;

  [[nodiscard]] std::uint64_t units() const {
    return std::uint64_t{range.count} * context.architecture.kv_heads * segments;
  }
  [[nodiscard]] std::uint64_t begin(std::uint32_t lane) const {
    return units() * lane / context.team.lanes;
  }
  /// Where the heads of an item lie in the rows of its token.
  [[nodiscard]] std::size_t offset(std::uint64_t item) const {
    const Architecture& a = context.architecture;
    return static_cast<std::size_t>(item % a.kv_heads) * a.heads_per_kv() * a.head_dim;
  }
  /// The row of an item's token, which is its place in the chunk.
  [[nodiscard]] std::size_t token(std::uint64_t item) const {
    return range.first + static_cast<std::size_t>(item / context.architecture.kv_heads);
  }
};

void run_lane(void* argument, std::uint32_t lane) {
  const auto& dispatch = *static_cast<const Dispatch*>(argument);
  const AttentionContext& context = dispatch.context;
  const Architecture& a = context.architecture;
  const std::uint64_t last = dispatch.begin(lane + 1);
  for (std::uint64_t unit = dispatch.begin(lane); unit < last;) {
    const std::uint64_t index = unit / dispatch.segments;
    const std::uint64_t end = std::min(last, (index + 1) * dispatch.segments);
    const std::size_t t = dispatch.token(index);
    const AttentionLane room = context.scratch.lane(a, lane);
    const AttentionItem item{.context = context,
                             .cache = context.cache.layer(dispatch.layer),
                             .lane = room,
                             .layer = dispatch.layer,
                             .kv_head = static_cast<std::uint32_t>(index % a.kv_heads),
                             .position = dispatch.range.position + t,
                             .queries = context.scratch.queries.row(t) + dispatch.offset(index),
                             .out = context.scratch.attended.row(t) + dispatch.offset(index),
                             .values = room.values,
                             .segments = room.segments};
    const std::uint64_t start = index * dispatch.segments;
    attend_item(item, t, static_cast<std::uint32_t>(unit - start),
                static_cast<std::uint32_t>(end - start));
    unit = end;
  }
}

/// Folds what lane `lane` kept of the item in whose middle it began, in the order in which one lane
/// alone would have.
void merge(const Dispatch& dispatch, std::uint32_t lane) {
  const AttentionContext& context = dispatch.context;
  const Architecture& a = context.architecture;
  const std::uint64_t index = dispatch.begin(lane) / dispatch.segments;
  const std::uint64_t start = index * dispatch.segments;
  const std::size_t t = dispatch.token(index);
  const std::uint64_t segments =
      count_segments(context.cache.layer(dispatch.layer).ring, dispatch.range.position + t);
  const std::uint64_t first = dispatch.begin(lane) - start;
  const std::uint64_t last = std::min(dispatch.begin(lane + 1) - start, segments);
  if (first == 0 || first >= last) return;
  std::uint32_t owner = lane - 1;
  while (dispatch.begin(owner) > start) --owner;
  fold_kept(context, context.scratch.lane(a, lane), static_cast<std::size_t>(last - first),
            last == segments, context.scratch.lane(a, owner),
            context.scratch.attended.row(t) + dispatch.offset(index));
}

}  // namespace

void attend(const AttentionContext& context, std::uint32_t layer,
            const TokenRange& range) noexcept {
  const RingGeometry& ring = context.cache.layer(layer).ring;
  std::uint32_t segments = 0;
  for (std::uint32_t t = 0; t < range.count; ++t) {
    segments = std::max(segments, count_segments(ring, range.position + range.first + t));
  }
  Dispatch dispatch{context, layer, range, segments};
  context.team.run(context.team.self, context.team.lanes, run_lane, &dispatch);
  if (!features::threads) return;
  for (std::uint32_t lane = 1; lane < context.team.lanes; ++lane) merge(dispatch, lane);
}

}  // namespace ringlet

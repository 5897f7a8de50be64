// One segment of an item's positions: scores, softmax, weighted sum of values.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/features.hpp"
#include "decoder/attention/item.hpp"
#include "kernels/cache_page.hpp"

namespace ringlet {

/// Positions of a region, counted from its start, within a block of 256 aligned positions.
struct Segment {
  Region region;
  std::uint64_t first;
  std::uint64_t last;
};

/// Calls `visit(region, first, last)` for the positions [first, last) of each region that a query
/// reads, counted from the region's start, in the order in which they are folded.
template <typename Visit>
void for_each_region(const RingSpans& spans, std::uint32_t sinks, Visit visit) {
  const auto region = [&](Region which, std::uint64_t first, std::uint32_t count) {
    if (count > 0) visit(which, first, first + count);
  };
  region(Region::sinks, 0, spans.sinks.count);
  if (features::int4_cache) {
    region(Region::cold, spans.cold[0].position - sinks, spans.cold[0].count + spans.cold[1].count);
  }
  region(Region::hot, spans.hot[0].position - sinks, spans.hot[0].count + spans.hot[1].count);
}

/// Calls `visit` for the segments of those regions.
template <typename Visit>
void for_each_segment(const RingSpans& spans, std::uint32_t sinks, Visit visit) {
  for_each_region(spans, sinks, [&](Region region, std::uint64_t first, std::uint64_t last) {
    while (first < last) {
      const std::uint64_t end =
          std::min(last, (first / page::segment_positions + 1) * page::segment_positions);
      visit(Segment{region, first, end});
      first = end;
    }
  });
}

/// Whether the keys of a region are stored without a bias.
[[nodiscard]] inline bool is_biased(const AttentionItem& item, Region region) noexcept {
  return item.attention.key_bias != nullptr && is_integer(item.layer.region(region).formats.keys);
}

/// Writes softmax and weighted values of one segment to item.segments and item.values. Pages beyond
/// the end of the region wrap to its start.
void attend_segment(AttentionItem& item, const Segment& segment) noexcept;

}  // namespace ringlet

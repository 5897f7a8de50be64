#include <algorithm>

#include "decoder/attention_item.hpp"

#include "base/features.hpp"
#include "kernels/cache_page.hpp"

namespace ringlet {
namespace {

/// Positions of a region, counted from the region's start, all within 256 aligned ones.
struct Segment {
  Region region;
  std::uint64_t first;
  std::uint64_t last;
};

/// Calls `visit` for the segments that a query reads, in the order in which they are folded.
template <typename Visit>
void for_each_segment(const RingSpans& spans, std::uint32_t pinned, Visit visit) {
  const auto region = [&](Region which, std::uint64_t first, std::uint32_t count) {
    const std::uint64_t last = first + count;
    while (first < last) {
      const std::uint64_t end =
          std::min(last, (first / page::segment_positions + 1) * page::segment_positions);
      visit(Segment{which, first, end});
      first = end;
    }
  };
  const std::uint32_t cold = spans.cold[0].count + spans.cold[1].count;
  const std::uint32_t newest = spans.ring[0].count + spans.ring[1].count;
  region(Region::pinned, 0, spans.pinned.count);
  if (features::int4_cache && cold > 0) region(Region::cold, spans.cold[0].position - pinned, cold);
  if (newest > 0) region(Region::ring, spans.ring[0].position - pinned, newest);
}

/// Rotates the queries of an item by the angles of token t, and turns and quantizes them as the
/// keys of the region are.
void prepare_queries(AttentionItem& item, const RotaryRows& angles, std::size_t t, Region region) {
  const Architecture& a = item.context.architecture;
  const KernelSet& kernels = item.context.kernels;
  const std::size_t d = a.head_dim;
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    const float* query = item.queries + h * d;
    float* rotated = item.lane.queries + h * d;
    kernels.rotate(query, angles.cosine + t * angles.stride, angles.sine + t * angles.stride,
                   angles.pairs, rotated);
    const std::size_t turned = 2 * std::size_t{angles.pairs};
    std::copy(query + turned, query + d, rotated + turned);
    const KvFormat keys = item.cache.region(region).formats.keys;
    if (!is_integer(keys)) continue;
    if (item.context.turned_keys) kernels.hadamard(rotated, d);
    kernels.quantize_query(rotated, d, a.attention_scale,
                           item.lane.query_codes + h * page::query_stride(d),
                           item.lane.query_scales + h);
  }
}

/// Whether the keys of a region are stored without a bias.
bool is_biased(const AttentionItem& item, Region region) {
  return features::key_bias && item.context.key_bias != nullptr &&
         is_integer(item.cache.region(region).formats.keys);
}

/// The bias of the item's kv head, as the item's queries see it.
void prepare_bias(AttentionItem& item) {
  const Architecture& a = item.context.architecture;
  begin_key_bias(a, item.context.kernels, item.context.bias_rotary,
                 item.context.key_bias + std::size_t{item.kv_head} * a.head_dim, item.queries,
                 item.lane.bias);
}

/// Goes to the first page that is read of a segment.
void begin_biased_segment(AttentionItem& item, const Segment& segment) {
  const RingGeometry& ring = item.cache.ring;
  const std::uint64_t query = segment.region == Region::pinned
                                  ? pinned_query_position(ring, item.position)
                                  : item.position - ring.pinned;
  const std::uint64_t start = segment.first / page::segment_positions * page::segment_positions;
  begin_segment(item.context.architecture, item.context.kernels, query - start,
                static_cast<std::uint32_t>((segment.first - start) / page::positions),
                item.lane.bias);
}

/// Scores the first `positions` of a page, and maybe those after them.
void score_page(const AttentionItem& item, const CachePage& page, KvFormat format,
                std::size_t positions, float* scores) {
  const Architecture& a = item.context.architecture;
  const KernelSet& kernels = item.context.kernels;
  if (format == KvFormat::int8) {
    kernels.score_int8(page, item.lane.query_codes, item.lane.query_scales, a.heads_per_kv(),
                       a.head_dim, scores, page::segment_positions);
  } else if (features::int4_cache && format == KvFormat::int4) {
    kernels.score_int4(page, item.lane.query_codes, item.lane.query_scales, a.heads_per_kv(),
                       a.head_dim, scores, page::segment_positions);
  } else {
    kernels.score_float(page, format, item.lane.queries, a.attention_scale, a.heads_per_kv(),
                        a.head_dim, positions, scores, page::segment_positions);
  }
}

void accumulate_page(const AttentionItem& item, const CachePage& page, KvFormat format,
                     const float* weights, std::size_t first, std::size_t last) {
  const Architecture& a = item.context.architecture;
  const KernelSet& kernels = item.context.kernels;
  if (format == KvFormat::int8) {
    kernels.accumulate_int8(page, weights, page::segment_positions, a.heads_per_kv(), a.head_dim,
                            item.values);
  } else if (features::int4_cache && format == KvFormat::int4) {
    kernels.accumulate_int4(page, weights, page::segment_positions, a.heads_per_kv(), a.head_dim,
                            item.values);
  } else {
    kernels.accumulate_float(page, format, weights, page::segment_positions, first, last,
                             a.heads_per_kv(), a.head_dim, item.values);
  }
}

/// Folds a finished segment of one query head into the running softmax of the head.
void fold(const KernelSet& kernels, std::size_t d, const SoftmaxState& segment, const float* values,
          bool first, SoftmaxState& total, float* out) {
  if (first) {
    total = segment;
    std::copy(values, values + d, out);
  } else {
    kernels.combine(segment, values, d, total, out);
  }
}

/// Softmax and weighted values of one segment. Pages repeat after those that the region has.
void attend_segment(AttentionItem& item, const Segment& segment) {
  const RegionCache& region = item.cache.region(segment.region);
  const std::uint32_t region_pages = page::count(region.slots);
  const Architecture& a = item.context.architecture;
  const std::uint64_t first_page = segment.first / page::positions;
  const auto pages =
      static_cast<std::size_t>((segment.last + page::positions - 1) / page::positions - first_page);
  const auto begin = static_cast<std::size_t>(segment.first - first_page * page::positions);
  const auto end = static_cast<std::size_t>(segment.last - first_page * page::positions);

  const bool biased = is_biased(item, segment.region);
  if (biased) begin_biased_segment(item, segment);
  CachePage views[page::segment_pages];
  for (std::size_t i = 0; i < pages; ++i) {
    views[i] = item.context.cache.page(item.layer, segment.region, item.kv_head,
                                       static_cast<std::uint32_t>((first_page + i) % region_pages));
    float* scores = item.lane.scores + i * page::positions;
    score_page(item, views[i], region.formats.keys,
               std::min<std::size_t>(end - i * page::positions, page::positions), scores);
    if (biased) {
      add_key_bias(a, item.context.kernels, item.context.bias_rotary.table, scores,
                   page::segment_positions, item.lane.bias);
    }
  }
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    float* scores = item.lane.scores + h * page::segment_positions;
    if (features::families && a.attention_softcap != 0) {
      item.context.kernels.soft_cap(scores, a.attention_softcap, pages * page::positions, scores);
    }
    item.segments[h] =
        item.context.kernels.softmax_segment(scores, begin, end, pages * page::positions);
  }
  std::fill_n(item.values, std::size_t{a.heads_per_kv()} * a.head_dim, 0.0F);
  for (std::size_t i = 0; i < pages; ++i) {
    const std::size_t base = i * page::positions;
    accumulate_page(item, views[i], region.formats.values, item.lane.scores + base,
                    begin > base ? begin - base : 0,
                    std::min<std::size_t>(end - base, page::positions));
  }
}

void finish(const AttentionContext& context, const SoftmaxState* totals, float* out) {
  const Architecture& a = context.architecture;
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    float* head = out + h * a.head_dim;
    context.kernels.scale(head, 1.0F / totals[h].sum, a.head_dim, head);
  }
}

}  // namespace

std::uint32_t count_segments(const RingGeometry& ring, std::uint64_t position) noexcept {
  std::uint32_t count = 0;
  for_each_segment(plan_read(ring, position), ring.pinned, [&](const Segment&) { ++count; });
  return count;
}

void attend_item(AttentionItem item, std::size_t t, std::uint32_t begin,
                 std::uint32_t end) noexcept {
  const AttentionContext& context = item.context;
  const Architecture& a = context.architecture;
  const std::size_t width = std::size_t{a.heads_per_kv()} * a.head_dim;
  if (is_biased(item, Region::ring)) prepare_bias(item);
  std::uint32_t index = 0;
  bool pinned = false;  // whose queries are in the lane, once there are any
  bool prepared = false;
  for_each_segment(
      plan_read(item.cache.ring, item.position), item.cache.ring.pinned,
      [&](const Segment& segment) {
        const std::uint32_t i = index++;
        if (i < begin || i >= end) return;
        // Keys are turned alike in both tiers, and queries of both are quantized alike.
        if (!prepared || pinned != (segment.region == Region::pinned)) {
          prepared = true;
          pinned = segment.region == Region::pinned;
          prepare_queries(item, pinned ? context.pinned_rotary : context.rotary, t,
                          pinned ? Region::pinned : Region::ring);
        }
        if (features::threads && begin > 0) {
          item.values = item.lane.kept_values + (i - begin) * width;
          item.segments = item.lane.kept_states + std::size_t{i - begin} * a.heads_per_kv();
        }
        attend_segment(item, segment);
        for (std::size_t h = 0; begin == 0 && h < a.heads_per_kv(); ++h) {
          fold(context.kernels, a.head_dim, item.segments[h], item.values + h * a.head_dim, i == 0,
               item.lane.totals[h], item.out + h * a.head_dim);
        }
      });
  if (begin == 0 && end >= index) finish(context, item.lane.totals, item.out);
}

void fold_kept(const AttentionContext& context, const AttentionLane& kept, std::size_t segments,
               bool last, const AttentionLane& lane, float* out) noexcept {
  const Architecture& a = context.architecture;
  const std::size_t heads = a.heads_per_kv();
  for (std::size_t i = 0; i < segments * heads; ++i) {
    const std::size_t h = i % heads;
    fold(context.kernels, a.head_dim, kept.kept_states[i], kept.kept_values + i * a.head_dim, false,
         lane.totals[h], out + h * a.head_dim);
  }
  if (last) finish(context, lane.totals, out);
}

}  // namespace ringlet

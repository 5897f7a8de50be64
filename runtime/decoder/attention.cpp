#include "decoder/attention.hpp"

#include <algorithm>

#include "kernels/cache_page.hpp"

namespace ringlet {
namespace {

/// One unit of work: the query heads of one kv head, for one token.
struct Item {
  const AttentionContext& context;
  const LayerCache& cache;
  AttentionLane lane;
  std::uint32_t layer;
  std::uint32_t kv_head;
  const float* queries;  // heads_per_kv × head_dim, before rotation
  float* out;            // heads_per_kv × head_dim
  bool empty = true;     // nothing has been folded into `out` yet
};

/// Rotates the queries of an item by the angles of token t, and turns and quantizes them as the
/// keys of the region are.
void prepare_queries(Item& item, const RotaryRows& angles, std::size_t t, Region region) {
  const Architecture& a = item.context.architecture;
  const KernelSet& kernels = item.context.kernels;
  const std::size_t d = a.head_dim;
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    const float* query = item.queries + h * d;
    float* rotated = item.lane.queries + h * d;
    kernels.rotate(query, angles.cosine + t * angles.stride, angles.sine + t * angles.stride,
                   angles.pairs, rotated);
    std::copy(query + 2 * angles.pairs, query + d, rotated + 2 * angles.pairs);
    const KvFormat keys = item.cache.region(region).formats.keys;
    if (!is_integer(keys)) continue;
    if (item.context.turned_keys) kernels.hadamard(rotated, d);
    kernels.quantize_query(rotated, d, a.attention_scale,
                           item.lane.query_codes + h * page::query_stride(d),
                           item.lane.query_scales + h);
  }
}

void score_page(const Item& item, const CachePage& page, KvFormat format, float* scores) {
  const Architecture& a = item.context.architecture;
  const KernelSet& kernels = item.context.kernels;
  if (format == KvFormat::int8) {
    kernels.score_int8(page, item.lane.query_codes, item.lane.query_scales, a.heads_per_kv(),
                       a.head_dim, scores, page::segment_positions);
  } else if (format == KvFormat::int4) {
    kernels.score_int4(page, item.lane.query_codes, item.lane.query_scales, a.heads_per_kv(),
                       a.head_dim, scores, page::segment_positions);
  } else {
    kernels.score_float(page, format, item.lane.queries, a.attention_scale, a.heads_per_kv(),
                        a.head_dim, scores, page::segment_positions);
  }
}

void accumulate_page(const Item& item, const CachePage& page, KvFormat format, const float* weights,
                     std::size_t first, std::size_t last) {
  const Architecture& a = item.context.architecture;
  const KernelSet& kernels = item.context.kernels;
  if (format == KvFormat::int8) {
    kernels.accumulate_int8(page, weights, page::segment_positions, a.heads_per_kv(), a.head_dim,
                            item.lane.values);
  } else if (format == KvFormat::int4) {
    kernels.accumulate_int4(page, weights, page::segment_positions, a.heads_per_kv(), a.head_dim,
                            item.lane.values);
  } else {
    kernels.accumulate_float(page, format, weights, page::segment_positions, first, last,
                             a.heads_per_kv(), a.head_dim, item.lane.values);
  }
}

/// Folds the finished segment, whose weighted values are in the lane, into the item's output.
void fold(Item& item, std::size_t head) {
  const SoftmaxState& segment = item.lane.segments[head];
  const std::size_t d = item.context.architecture.head_dim;
  const float* values = item.lane.values + head * d;
  if (item.empty) {
    item.lane.totals[head] = segment;
    std::copy(values, values + d, item.out + head * d);
  } else {
    item.context.kernels.combine(segment, values, d, item.lane.totals[head], item.out + head * d);
  }
}

/// One segment: the positions [first, last) of a region, counted from the region's start, all
/// within 256 aligned ones. Pages repeat after those that the region has.
void attend_segment(Item& item, Region region, std::uint64_t first, std::uint64_t last) {
  const KvFormats formats = item.cache.region(region).formats;
  const std::uint32_t region_pages = item.cache.region(region).slots / page::positions;
  const Architecture& a = item.context.architecture;
  const std::uint64_t first_page = first / page::positions;
  const auto pages =
      static_cast<std::size_t>((last + page::positions - 1) / page::positions - first_page);
  const auto begin = static_cast<std::size_t>(first - first_page * page::positions);
  const auto end = static_cast<std::size_t>(last - first_page * page::positions);

  CachePage views[page::segment_pages];
  for (std::size_t i = 0; i < pages; ++i) {
    views[i] = item.context.cache.page(item.layer, region, item.kv_head,
                                       static_cast<std::uint32_t>((first_page + i) % region_pages));
    score_page(item, views[i], formats.keys, item.lane.scores + i * page::positions);
  }
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    float* scores = item.lane.scores + h * page::segment_positions;
    if (a.attention_softcap != 0) {
      item.context.kernels.soft_cap(scores, a.attention_softcap, pages * page::positions, scores);
    }
    item.lane.segments[h] =
        item.context.kernels.softmax_segment(scores, begin, end, pages * page::positions);
  }
  std::fill_n(item.lane.values, std::size_t{a.heads_per_kv()} * a.head_dim, 0.0F);
  for (std::size_t i = 0; i < pages; ++i) {
    const std::size_t base = i * page::positions;
    accumulate_page(item, views[i], formats.values, item.lane.scores + base,
                    begin > base ? begin - base : 0,
                    std::min<std::size_t>(end - base, page::positions));
  }
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) fold(item, h);
  item.empty = false;
}

/// All positions [first, first + count) of a region, segment by segment.
void attend_region(Item& item, Region region, std::uint64_t first, std::uint32_t count) {
  const std::uint64_t last = first + count;
  while (first < last) {
    const std::uint64_t boundary = (first / page::segment_positions + 1) * page::segment_positions;
    const std::uint64_t end = std::min(last, boundary);
    attend_segment(item, region, first, end);
    first = end;
  }
}

void attend_item(Item& item, std::size_t t, std::uint64_t position) {
  const RingGeometry& ring = item.cache.ring;
  const RingSpans spans = plan_read(ring, position);
  if (spans.pinned.count > 0) {
    prepare_queries(item, item.context.pinned_rotary, t, Region::pinned);
    attend_region(item, Region::pinned, 0, spans.pinned.count);
  }
  const std::uint32_t cold = spans.cold[0].count + spans.cold[1].count;
  const std::uint32_t newest = spans.ring[0].count + spans.ring[1].count;
  if (newest > 0) {
    // Keys are turned alike in both tiers, and queries of both are quantized alike.
    prepare_queries(item, item.context.rotary, t, Region::ring);
    if (cold > 0) attend_region(item, Region::cold, spans.cold[0].position - ring.pinned, cold);
    attend_region(item, Region::ring, spans.ring[0].position - ring.pinned, newest);
  }
  const Architecture& a = item.context.architecture;
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    float* out = item.out + h * a.head_dim;
    item.context.kernels.scale(out, 1.0F / item.lane.totals[h].sum, a.head_dim, out);
  }
}

struct Dispatch {
  const AttentionContext& context;
  std::uint32_t layer;
  std::uint64_t first_position;
  std::uint32_t tokens;
};

/// A lane takes every lanes-th pair of token and kv head.
void run_lane(void* argument, std::uint32_t lane) {
  const auto& dispatch = *static_cast<const Dispatch*>(argument);
  const AttentionContext& context = dispatch.context;
  const Architecture& a = context.architecture;
  const std::size_t group_width = std::size_t{a.heads_per_kv()} * a.head_dim;
  const std::uint64_t items = std::uint64_t{dispatch.tokens} * a.kv_heads;
  for (std::uint64_t i = lane; i < items; i += context.team.lanes) {
    const auto t = static_cast<std::size_t>(i / a.kv_heads);
    const auto kv_head = static_cast<std::uint32_t>(i % a.kv_heads);
    Item item{.context = context,
              .cache = context.cache.layer(dispatch.layer),
              .lane = context.scratch.lane(a, lane),
              .layer = dispatch.layer,
              .kv_head = kv_head,
              .queries = context.scratch.queries.row(t) + kv_head * group_width,
              .out = context.scratch.attended.row(t) + kv_head * group_width};
    attend_item(item, t, dispatch.first_position + t);
  }
}

}  // namespace

void attend(const AttentionContext& context, std::uint32_t layer, std::uint64_t first_position,
            std::uint32_t tokens) noexcept {
  Dispatch dispatch{context, layer, first_position, tokens};
  context.team.run(context.team.self, context.team.lanes, run_lane, &dispatch);
}

}  // namespace ringlet

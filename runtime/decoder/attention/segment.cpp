#include "decoder/attention/segment.hpp"

#include "kernels/as_built.hpp"
#include "ringlet/division.hpp"

namespace ringlet {
namespace {

/// Moves to the first page of a segment that is read.
void begin_biased_segment(AttentionItem& item, const Segment& segment) {
  const RingGeometry& ring = item.layer.ring;
  const std::uint64_t query = segment.region == Region::sinks
                                  ? sink_query_position(ring, item.position)
                                  : item.position - ring.sinks;
  const std::uint64_t start = segment.first / page::segment_positions * page::segment_positions;
  begin_segment(item.attention.architecture, item.attention.kernels, query - start,
                static_cast<std::uint32_t>((segment.first - start) / page::positions),
                item.workspace.bias);
}

/// Computes the scores of the first `positions` of a page, and possibly of those after them.
void score_page(const AttentionItem& item, const CachePage& page, KvFormat format,
                std::size_t positions, float* scores) {
  const Architecture& a = item.attention.architecture;
  const KernelSet& kernels = item.attention.kernels;
  if (format == KvFormat::int8) {
    kernels.score_int8(page, item.workspace.query_codes, item.workspace.query_scales,
                       a.heads_per_kv(), a.head_dim, scores, page::segment_positions);
  } else if (is_int4(format)) {
    kernels.score_int4(page, item.workspace.query_codes, item.workspace.query_scales,
                       a.heads_per_kv(), a.head_dim, scores, page::segment_positions);
  } else {
    kernels.score_float(page, format, item.workspace.queries, a.attention_scale, a.heads_per_kv(),
                        a.head_dim, positions, scores, page::segment_positions);
  }
}

void accumulate_page(const AttentionItem& item, const CachePage& page, KvFormat format,
                     const float* weights, std::size_t first, std::size_t last) {
  const Architecture& a = item.attention.architecture;
  const KernelSet& kernels = item.attention.kernels;
  if (format == KvFormat::int8) {
    kernels.accumulate_int8(page, weights, page::segment_positions, a.heads_per_kv(), a.head_dim,
                            item.values);
  } else if (is_int4(format)) {
    kernels.accumulate_int4(page, weights, page::segment_positions, a.heads_per_kv(), a.head_dim,
                            item.values);
  } else {
    kernels.accumulate_float(page, format, weights, page::segment_positions, first, last,
                             a.heads_per_kv(), a.head_dim, item.values);
  }
}

/// Sets n numbers, a multiple of four, to zero. Not std::fill_n, which becomes memset: that of
/// small C libraries writes byte by byte.
void set_to_zero(float* x, std::size_t n) {
  for (const float* end = x + n; x != end; x += 4) {
    x[0] = x[1] = x[2] = x[3] = 0.0F;
    asm("" ::: "memory");  // hides from the compiler what the loop does
  }
}

}  // namespace

void attend_segment(AttentionItem& item, const Segment& segment) noexcept {
  const RegionCache& region = item.layer.region(segment.region);
  const std::uint32_t region_pages = page::count(region.slots);
  const Architecture& a = item.attention.architecture;
  const std::uint64_t first_page = segment.first / page::positions;
  const auto pages =
      static_cast<std::size_t>((segment.last + page::positions - 1) / page::positions - first_page);
  const auto begin = static_cast<std::size_t>(segment.first - first_page * page::positions);
  const auto end = static_cast<std::size_t>(segment.last - first_page * page::positions);

  const bool biased = is_biased(item, segment.region);
  if (biased) begin_biased_segment(item, segment);
  CachePage views[page::segment_pages];
  for (std::size_t i = 0; i < pages; ++i) {
    views[i] = item.cache.page(item.attention.layer, segment.region, item.kv_head,
                               remainder(first_page + i, region_pages));
    float* scores = item.workspace.scores + i * page::positions;
    score_page(item, views[i], region.formats.keys,
               std::min<std::size_t>(end - i * page::positions, page::positions), scores);
    if (biased) {
      add_key_bias(a, item.attention.kernels, item.attention.bias_rotary.table, scores,
                   page::segment_positions, item.workspace.bias);
    }
  }
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    float* scores = item.workspace.scores + h * page::segment_positions;
    if (attention_softcap(a) != 0) {
      item.attention.kernels.soft_cap(scores, attention_softcap(a), pages * page::positions,
                                      scores);
    }
    item.segments[h] =
        item.attention.kernels.softmax_segment(scores, begin, end, pages * page::positions);
  }
  set_to_zero(item.values, std::size_t{a.heads_per_kv()} * a.head_dim);
  for (std::size_t i = 0; i < pages; ++i) {
    const std::size_t base = i * page::positions;
    accumulate_page(item, views[i], region.formats.values, item.workspace.scores + base,
                    begin > base ? begin - base : 0,
                    std::min<std::size_t>(end - base, page::positions));
  }
}

}  // namespace ringlet

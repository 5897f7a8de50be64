#include "decoder/attention/item.hpp"

#include <cstring>

#include "base/features.hpp"
#include "decoder/attention/segment.hpp"
#include "kernels/cache_page.hpp"

namespace ringlet {
namespace {

/// Rotates the queries of an item by the angles of row t, then transforms and quantizes them like
/// the keys of the region.
void prepare_queries(AttentionItem& item, const RotaryRows& angles, std::size_t t, Region region) {
  const Architecture& a = item.attention.architecture;
  const KernelSet& kernels = item.attention.kernels;
  const std::size_t d = a.head_dim;
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    const float* query = item.queries + h * d;
    float* rotated = item.workspace.queries + h * d;
    kernels.rotate(query, angles.cosine + t * angles.stride, angles.sine + t * angles.stride,
                   angles.pairs, rotated);
    const std::size_t turned = 2 * std::size_t{angles.pairs};
    std::memcpy(rotated + turned, query + turned, (d - turned) * sizeof(float));
    if (item.attention.q_norm != nullptr) {
      kernels.rms_norm(rotated, item.attention.q_norm, rotated, d, a.norm_epsilon);
    }
    const KvFormat keys = item.layer.region(region).formats.keys;
    if (!is_integer(keys)) continue;
    if (item.attention.hadamard_keys) kernels.hadamard(rotated, d);
    kernels.quantize_query(rotated, d, a.attention_scale,
                           item.workspace.query_codes + h * page::query_stride(d),
                           item.workspace.query_scales + h);
  }
}

/// Prepares the bias of the item's kv head for the item's queries.
void prepare_bias(AttentionItem& item) {
  const Architecture& a = item.attention.architecture;
  begin_key_bias(a, item.attention.kernels, item.attention.bias_rotary,
                 item.attention.key_bias + std::size_t{item.kv_head} * a.head_dim, item.queries,
                 item.workspace.bias);
}

/// Folds a finished segment of one query head into the head's running softmax.
void fold(const KernelSet& kernels, std::size_t d, const SoftmaxState& segment, const float* values,
          bool first, SoftmaxState& total, float* out) {
  if (first) {
    total = segment;
    std::memcpy(out, values, d * sizeof(float));
  } else {
    kernels.combine(segment, values, d, total, out);
  }
}

void finish(const Attention& attention, const SoftmaxState* totals, float* out) {
  const Architecture& a = attention.architecture;
  for (std::size_t h = 0; h < a.heads_per_kv(); ++h) {
    float* head = out + h * a.head_dim;
    attention.kernels.scale(head, 1.0F / totals[h].sum, a.head_dim, head);
  }
}

}  // namespace

std::uint32_t count_segments(const RingGeometry& ring, std::uint64_t position) noexcept {
  std::uint32_t count = 0;
  for_each_region(plan_read(ring, position), ring.sinks,
                  [&](Region, std::uint64_t first, std::uint64_t last) {
                    count += static_cast<std::uint32_t>((last - 1) / page::segment_positions -
                                                        first / page::segment_positions + 1);
                  });
  return count;
}

void attend_item(AttentionItem item, std::size_t t, std::uint32_t begin,
                 std::uint32_t end) noexcept {
  const Attention& attention = item.attention;
  const Architecture& a = attention.architecture;
  const std::size_t width = std::size_t{a.heads_per_kv()} * a.head_dim;
  if (is_biased(item, Region::hot)) prepare_bias(item);
  const bool from_first = !features::threads || begin == 0;
  std::uint32_t index = 0;
  bool of_sinks = false;  // queries in the workspace are those for sinks
  bool prepared = false;
  for_each_segment(
      plan_read(item.layer.ring, item.position), item.layer.ring.sinks,
      [&](const Segment& segment) {
        const std::uint32_t i = index++;
        if (features::threads && (i < begin || i >= end)) return;
        // Both tiers transform keys in the same way, so the same quantized queries serve both.
        if (!prepared || of_sinks != (segment.region == Region::sinks)) {
          prepared = true;
          of_sinks = segment.region == Region::sinks;
          prepare_queries(item, of_sinks ? attention.sink_rotary : attention.rotary, t,
                          of_sinks ? Region::sinks : Region::hot);
        }
        if (!from_first) {
          item.values = item.workspace.kept_values + (i - begin) * width;
          item.segments = item.workspace.kept_states + std::size_t{i - begin} * a.heads_per_kv();
        }
        attend_segment(item, segment);
        for (std::size_t h = 0; from_first && h < a.heads_per_kv(); ++h) {
          fold(attention.kernels, a.head_dim, item.segments[h], item.values + h * a.head_dim,
               i == 0, item.workspace.totals[h], item.out + h * a.head_dim);
        }
      });
  if (!features::threads || (from_first && end >= index)) {
    finish(attention, item.workspace.totals, item.out);
  }
}

void fold_kept(const Attention& attention, const AttentionWorkspace& kept, std::size_t segments,
               bool last, const AttentionWorkspace& workspace, float* out) noexcept {
  const Architecture& a = attention.architecture;
  const std::size_t heads = a.heads_per_kv();
  for (std::size_t i = 0; i < segments * heads; ++i) {
    const std::size_t h = i % heads;
    fold(attention.kernels, a.head_dim, kept.kept_states[i], kept.kept_values + i * a.head_dim,
         false, workspace.totals[h], out + h * a.head_dim);
  }
  if (last) finish(attention, workspace.totals, out);
}

}  // namespace ringlet

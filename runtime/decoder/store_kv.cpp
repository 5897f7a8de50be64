#include "decoder/decoder.hpp"

#include "base/features.hpp"

namespace ringlet {

void Decoder::store_kv(const LayerWeights& weights, const Architecture& a, std::uint32_t layer,
                       const RowSpan& span) noexcept {
  if (span.count == 0) return;
  KvCache& cache = *span.cache;
  const RingGeometry& ring = cache.layer(layer).ring;
  if (features::int4_cache) {
    cache.demote(*kernels_, layer, plan_demotion(ring, span.position, span.count));
  }
  const RingSpans slots = plan_write(ring, span.position, span.count);
  const auto integer_keys = [&](Region region) {
    return is_integer(cache.layer(layer).region(region).formats.keys);
  };
  const RotaryRows rotary = angles(weights.rotary);
  const auto store = [&](Region region, const SlotSpan& into) {
    const auto [key_limit, value_limit] = storable(cache.layer(layer), region);
    for (std::uint32_t i = 0; i < into.count; ++i) {
      const auto t = static_cast<std::size_t>(into.position + i - span.position) + span.first;
      const std::size_t offset = t * rotary.stride;
      for (std::uint32_t head = 0; head < a.kv_heads; ++head) {
        float* key = scratch_.keys.row(t) + std::size_t{head} * a.head_dim;
        if (weights.key_bias != nullptr && integer_keys(region)) {
          take_key_bias(weights.key_bias + std::size_t{head} * a.head_dim, a.head_dim, key);
        }
        kernels_->rotate(key, rotary.cosine + offset, rotary.sine + offset, rotary.pairs, key);
        if (norms_after_rotary(a) && weights.k_norm != nullptr) {
          kernels_->rms_norm(key, weights.k_norm, key, a.head_dim, a.norm_epsilon);
        }
        if (weights.hadamard_keys && integer_keys(region)) kernels_->hadamard(key, a.head_dim);
        cache.store(*kernels_, layer, region, head, into.slot + i, key,
                    scratch_.values.row(t) + std::size_t{head} * a.head_dim);
      }
      const auto row = static_cast<std::uint32_t>(t);
      require_below(key_limit, Tap::keys, layer, row, scratch_.keys.row(t), a.kv_dim());
      require_below(value_limit, Tap::values, layer, row, scratch_.values.row(t), a.kv_dim());
    }
  };
  store(Region::sinks, slots.sinks);
  store(Region::hot, slots.hot[0]);
  store(Region::hot, slots.hot[1]);
}

}  // namespace ringlet

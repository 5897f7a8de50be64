#include "ringlet/cache_layout.hpp"

#include "cache/kv_cache.hpp"

namespace ringlet {

static_assert(cache_page_positions == page::positions);

CacheLayout cache_layout(const Model& model, const Config& config, std::uint32_t layer) noexcept {
  const Architecture& a = model.architecture();
  const LayerCache cache = layer_cache(config, model.window(layer), model.recommended_kv(layer));
  LayerCacheBytes bytes = layer_cache_bytes(cache, a);
  constexpr auto sinks = static_cast<std::size_t>(Region::sinks);
  if (config.sinks_in_snapshot) bytes.keys[sinks] = bytes.values[sinks] = 0;
  const KvFormats newest = cache.region(Region::hot).formats;
  const KvFormats older = cache.ring.hot == 0 ? newest : cache.region(Region::cold).formats;
  const std::uint64_t head_page =
      page::key_bytes(older.keys, a.head_dim) + page::scale_bytes(older.keys, a.head_dim) +
      page::value_bytes(older.values, a.head_dim) + page::scale_bytes(older.values, a.head_dim);
  return {.sinks = cache.ring.sinks,
          .window = cache.ring.window,
          .ring_slots = cache.ring.slots(),
          .hot = cache.ring.hot,
          .cold_slots = cache.ring.cold_slots(),
          .newest = newest,
          .older = older,
          .page_bytes = a.kv_heads * head_page,
          .bytes = bytes.total()};
}

}  // namespace ringlet

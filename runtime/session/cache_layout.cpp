#include "ringlet/cache_layout.hpp"

#include "cache/kv_cache.hpp"

namespace ringlet {

static_assert(cache_page_positions == page::positions);

CacheLayout cache_layout(const Model& model, const Config& config, std::uint32_t layer) noexcept {
  if (const Mixer mixer = model.mixer(layer); mixer != Mixer::attention) {
    const RecurrentSizes sizes = recurrent_sizes(model, config);
    CacheLayout layout;
    layout.inputs = sizes.inputs.rows;
    layout.bytes = sizes.inputs.bytes() / sizes.inputs.layers;
    if (mixer != Mixer::gated_delta) return layout;
    layout.state_bytes = sizes.state.bytes() / sizes.state.layers;
    layout.bytes += layout.state_bytes;
    return layout;
  }
  if (model.cache_of(layer) != layer) return {};
  const LayerCache cache = layer_cache(model, config, layer);
  LayerCacheBytes bytes = layer_cache_bytes(cache, head_sizes(model, layer));
  const auto [kv_heads, d] = head_sizes(model, layer);
  constexpr auto sinks = static_cast<std::size_t>(Region::sinks);
  if (config.sinks_in_snapshot) bytes.keys[sinks] = bytes.values[sinks] = 0;
  const KvFormats newest = cache.region(Region::hot).formats;
  const KvFormats older = cache.ring.hot == 0 ? newest : cache.region(Region::cold).formats;
  const std::uint64_t head_page =
      page::key_bytes(older.keys, d) + page::scale_bytes(older.keys, d) +
      page::value_bytes(older.values, d) + page::scale_bytes(older.values, d);
  return {.sinks = cache.ring.sinks,
          .window = cache.ring.window,
          .ring_slots = cache.ring.slots(),
          .hot = cache.ring.hot,
          .cold_slots = cache.ring.cold_slots(),
          .newest = newest,
          .older = older,
          .page_bytes = kv_heads * head_page,
          .bytes = bytes.total()};
}

}  // namespace ringlet

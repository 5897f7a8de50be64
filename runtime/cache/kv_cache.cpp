#include "cache/kv_cache.hpp"

#include <algorithm>
#include <new>

#include "base/features.hpp"
#include "kernels/cache_page.hpp"

namespace ringlet {
namespace {

// More sinks than this are stored in the format of the ring.
constexpr std::uint32_t most_float_sinks = 64;

KvFormat sink_format(KvFormat ring, std::uint32_t sinks) {
  if (!is_integer(ring)) return ring;
  return sinks <= most_float_sinks ? KvFormat::f16 : KvFormat::int8;
}

/// The format of the newest positions: INT8 instead of INT4.
KvFormat hot_format(KvFormat format) { return format == KvFormat::int4 ? KvFormat::int8 : format; }

/// The codes of all pages of a head, then their scales.
std::uint64_t head_bytes(std::uint64_t page_bytes, KvFormat format, std::uint64_t slots,
                         std::uint64_t head_dim) {
  return page::plane_bytes(format, page_bytes, slots) +
         page::count(slots) * page::scale_bytes(format, head_dim);
}

/// One side of a region, for all heads of a layer.
struct Plane {
  std::byte* layer;
  KvFormat format;
  std::size_t page_bytes;
  std::size_t slots;
  std::size_t head_dim;

  [[nodiscard]] PageSide page(std::size_t head, std::size_t index) const {
    const std::size_t scale_bytes = page::scale_bytes<std::size_t>(format, head_dim);
    const std::size_t codes = page::plane_bytes<std::size_t>(format, page_bytes, slots);
    std::byte* begin = layer + head * (codes + page::count(slots) * scale_bytes);
    PageSide result;
    result.codes = reinterpret_cast<std::uint8_t*>(begin + index * page_bytes);
    if (scale_bytes != 0) {
      result.scales = reinterpret_cast<std::uint16_t*>(begin + codes + index * scale_bytes);
    }
    return result;
  }
};

}  // namespace

LayerCache layer_cache(const Model& model, const Config& config, std::uint32_t index) noexcept {
  const KvFormats formats = config.kv.value_or(model.recommended_kv(index));
  const std::uint32_t own_window = model.window(index);
  LayerCache layer;
  const bool has_cache = model.mixer(index) == Mixer::attention && model.cache_of(index) == index;
  if ((features::recurrent || features::per_layer) && !has_cache) {
    for (RegionCache& region : layer.regions) region.formats = formats;
    return layer;
  }
  layer.ring.sinks = own_window == 0 ? config.sinks : 0;
  layer.ring.window =
      own_window == 0 ? config.context - config.sinks : std::min(own_window, config.context);
  const bool lends = lends_cache(model, index);
  layer.ring.max_tokens = lends ? config.prefill_chunk : config.ring_chunk();
  const bool int4 = formats.keys == KvFormat::int4 || formats.values == KvFormat::int4;
  const bool tiered = int4 && !lends;
  if (tiered && config.hot_window < layer.ring.window) layer.ring.hot = config.hot_window;
  layer.regions[0] = {.formats = {sink_format(formats.keys, layer.ring.sinks),
                                  sink_format(formats.values, layer.ring.sinks)},
                      .slots = layer.ring.sinks};
  layer.regions[1] = {.formats = {hot_format(formats.keys), hot_format(formats.values)},
                      .slots = layer.ring.slots()};
  layer.regions[2] = {.formats = formats, .slots = layer.ring.cold_slots()};
  return layer;
}

StorableBelow storable(const LayerCache& layer, Region region) noexcept {
  const KvFormats own = layer.region(region).formats;
  StorableBelow limit = {storable_below(own.keys), storable_below(own.values)};
  const RegionCache& cold = layer.region(Region::cold);
  if (features::int4_cache && region == Region::hot && cold.slots > 0) {
    limit.key = std::min(limit.key, storable_below(cold.formats.keys));
    limit.value = std::min(limit.value, storable_below(cold.formats.values));
  }
  return limit;
}

LayerCacheBytes layer_cache_bytes(const LayerCache& layer, HeadSizes sizes) noexcept {
  const std::uint64_t heads = sizes.kv_heads;
  const std::uint64_t d = sizes.head_dim;
  LayerCacheBytes bytes;
  for (std::size_t i = 0; i < region_count; ++i) {
    const RegionCache& region = layer.regions[i];
    const KvFormats formats = region.formats;
    bytes.keys[i] =
        heads * head_bytes(page::key_bytes(formats.keys, d), formats.keys, region.slots, d);
    bytes.values[i] =
        heads * head_bytes(page::value_bytes(formats.values, d), formats.values, region.slots, d);
  }
  return bytes;
}

std::uint64_t LayerCacheBytes::total() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < region_count; ++i) sum += keys[i] + values[i];
  return sum;
}

KvCache::KvCache(const Arena& arena, const Model& model, std::uint32_t index,
                 std::uint32_t sessions, bool one_sinks) noexcept
    : layers_(arena.array<LayerCache>(SectionId::cache_layers)), model_(&model) {
  for (std::size_t i = 0; i < region_count; ++i) {
    const bool shared = features::pool && one_sinks && i == static_cast<std::size_t>(Region::sinks);
    const std::uint32_t part = shared ? 0 : index;
    const std::uint32_t parts = shared ? 1 : sessions;
    keys_[i] = arena.part(key_sections[i], part, parts).data();
    values_[i] = arena.part(value_sections[i], part, parts).data();
  }
}

void lay_out(const Model& model, const Config& config, LayerCache* layers) noexcept {
  LayerCacheBytes next;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    LayerCache& layer = *new (&layers[i]) LayerCache(layer_cache(model, config, i));
    const LayerCacheBytes bytes = layer_cache_bytes(layer, head_sizes(model, i));
    for (std::size_t region = 0; region < region_count; ++region) {
      layer.regions[region].keys = next.keys[region];
      layer.regions[region].values = next.values[region];
      next.keys[region] += bytes.keys[region];
      next.values[region] += bytes.values[region];
    }
  }
}

PageSides KvCache::locate(std::uint32_t layer, Region region, std::uint32_t head,
                          std::uint32_t page) const noexcept {
  const auto index = static_cast<std::uint8_t>(region);
  if (is_branch() && region != Region::sinks) {
    const PageStore::Entry entry = table_[store_->index(layer, region, page)];
    if (entry != 0) return store_->locate(layer, region, entry, head);
  }
  const RegionCache& cache = layers_[layer].regions[index];
  const auto [keys, values] = cache.formats;
  const std::uint32_t d = heads(layer).head_dim;
  const auto plane = [&](std::byte* section, std::uint64_t layer_offset, KvFormat format,
                         std::size_t page_bytes) {
    return Plane{section + static_cast<std::size_t>(layer_offset), format, page_bytes, cache.slots,
                 d};
  };
  const Plane key_plane =
      plane(keys_[index], cache.keys, keys, page::key_bytes<std::size_t>(keys, d));
  const Plane value_plane =
      plane(values_[index], cache.values, values, page::value_bytes<std::size_t>(values, d));
  return {key_plane.page(head, page), value_plane.page(head, page)};
}

namespace {

/// The pages of a head that start at its first page, `side`.
HeadPages first_pages(const PageSide& side, KvFormat format, std::uint64_t page_bytes,
                      std::uint64_t slots, std::uint32_t head_dim) {
  const auto bytes = [](void* first, std::uint64_t count) {
    return std::span(static_cast<std::byte*>(first), static_cast<std::size_t>(count));
  };
  const std::uint64_t scale_bytes = page::count(slots) * page::scale_bytes(format, head_dim);
  return {bytes(side.codes, page::plane_bytes(format, page_bytes, slots)),
          scale_bytes == 0 ? std::span<std::byte>() : bytes(side.scales, scale_bytes)};
}

}  // namespace

HeadPages KvCache::key_pages(std::uint32_t layer, Region region, std::uint32_t head,
                             std::uint32_t slots) const noexcept {
  const KvFormat format = layers_[layer].region(region).formats.keys;
  const std::uint32_t d = heads(layer).head_dim;
  return first_pages(locate(layer, region, head, 0).keys, format, page::key_bytes(format, d), slots,
                     d);
}

HeadPages KvCache::value_pages(std::uint32_t layer, Region region, std::uint32_t head,
                               std::uint32_t slots) const noexcept {
  const KvFormat format = layers_[layer].region(region).formats.values;
  const std::uint32_t d = heads(layer).head_dim;
  return first_pages(locate(layer, region, head, 0).values, format, page::value_bytes(format, d),
                     slots, d);
}

std::array<std::span<std::byte>, 2> KvCache::layer_bytes(std::uint32_t layer,
                                                         Region region) const noexcept {
  const auto index = static_cast<std::size_t>(region);
  const LayerCacheBytes bytes = layer_cache_bytes(layers_[layer], heads(layer));
  const RegionCache& cache = layers_[layer].regions[index];
  const auto part = [](std::byte* section, std::uint64_t offset, std::uint64_t size) {
    return std::span(section + static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  };
  return {part(keys_[index], cache.keys, bytes.keys[index]),
          part(values_[index], cache.values, bytes.values[index])};
}

void KvCache::place_sinks(std::span<const std::byte> keys,
                          std::span<const std::byte> values) noexcept {
  // Only store() writes, and from now on never to sink positions.
  const auto readable = [](std::span<const std::byte> bytes) {
    return const_cast<std::byte*>(bytes.data());
  };
  keys_[static_cast<std::size_t>(Region::sinks)] = readable(keys);
  values_[static_cast<std::size_t>(Region::sinks)] = readable(values);
  placed_ = keys.size() + values.size();
}

void KvCache::copy_page_from(const KvCache& from, std::uint32_t layer, Region region,
                             std::uint32_t head, std::uint32_t page) noexcept {
  const PageSides source = from.locate(layer, region, head, page);
  const PageSides target = locate(layer, region, head, page);
  if (source.keys.codes == target.keys.codes) return;  // a branch reads it there
  copy_page(source, target, layers_[layer].region(region).formats, heads(layer).head_dim);
}

void KvCache::share_sinks(const KvCache& other) noexcept {
  constexpr auto sinks = static_cast<std::size_t>(Region::sinks);
  keys_[sinks] = other.keys_[sinks];
  values_[sinks] = other.values_[sinks];
  placed_ = other.placed_;
}

CachePage KvCache::page(std::uint32_t layer, Region region, std::uint32_t head,
                        std::uint32_t page) const noexcept {
  const PageSides sides = locate(layer, region, head, page);
  return {sides.keys.codes, sides.values.codes, sides.keys.scales, sides.values.scales};
}

void KvCache::store(const KernelSet& kernels, std::uint32_t layer, Region region,
                    std::uint32_t head, std::uint32_t slot, const float* key,
                    const float* value) noexcept {
  const KvFormats formats = layers_[layer].region(region).formats;
  const PageSides sides = locate(layer, region, head, slot / page::positions);
  const std::size_t position = slot % page::positions;
  const std::uint32_t d = heads(layer).head_dim;
  store_key(kernels, sides.keys, formats.keys, position, key, d);
  store_value(kernels, sides.values, formats.values, position, value, d);
}

void KvCache::demote(const KernelSet& kernels, std::uint32_t layer,
                     const Demotion& demotion) noexcept {
  float floats[page::largest_head_dim];
  const RegionCache& hot = layers_[layer].region(Region::hot);
  const RegionCache& cold = layers_[layer].region(Region::cold);
  const auto [kv_heads, d] = heads(layer);
  for (std::uint32_t i = 0; i < demotion.count; ++i) {
    const std::uint32_t from = (demotion.first_slot + i) % hot.slots;
    const std::uint32_t to = (demotion.first_cold_slot + i) % cold.slots;
    for (std::uint32_t head = 0; head < kv_heads; ++head) {
      const PageSides source = locate(layer, Region::hot, head, from / page::positions);
      const PageSides target = locate(layer, Region::cold, head, to / page::positions);
      const std::size_t old_position = from % page::positions;
      const std::size_t position = to % page::positions;
      load_key(source.keys, hot.formats.keys, old_position, d, floats);
      store_key(kernels, target.keys, cold.formats.keys, position, floats, d);
      load_value(source.values, hot.formats.values, old_position, d, floats);
      store_value(kernels, target.values, cold.formats.values, position, floats, d);
    }
  }
}

}  // namespace ringlet

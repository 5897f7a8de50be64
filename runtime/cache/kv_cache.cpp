#include "cache/kv_cache.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "kernels/cache_page.hpp"

namespace ringlet {
namespace {

// Above this many, pinned tokens are stored like those of the ring.
constexpr std::uint32_t most_float_sinks = 64;

KvFormat pinned_format(KvFormat ring, std::uint32_t pinned) {
  if (!is_integer(ring)) return ring;
  return pinned <= most_float_sinks ? KvFormat::f16 : KvFormat::int8;
}

/// The newest positions: INT8 in place of INT4.
KvFormat hot_format(KvFormat format) { return format == KvFormat::int4 ? KvFormat::int8 : format; }

/// Codes of all pages of a head, then their scales.
std::uint64_t head_bytes(std::uint64_t page_bytes, KvFormat format, std::uint64_t slots,
                         std::uint64_t head_dim) {
  return page::plane_bytes(format, page_bytes, slots) +
         page::count(slots) * page::scale_bytes(format, head_dim);
}

std::uint8_t* at(std::span<std::byte> section, std::uint64_t offset) {
  return reinterpret_cast<std::uint8_t*>(section.data()) + static_cast<std::size_t>(offset);
}

/// One side of a region, of all heads of a layer.
struct Plane {
  std::span<std::byte> section;
  std::uint64_t layer_offset;
  KvFormat format;
  std::uint64_t page_bytes;
  std::uint32_t slots;
  std::uint32_t head_dim;

  [[nodiscard]] PageSide page(std::uint32_t head, std::uint32_t index) const {
    const std::uint64_t scale_bytes = page::scale_bytes(format, head_dim);
    const std::uint64_t begin =
        layer_offset + head * head_bytes(page_bytes, format, slots, head_dim);
    PageSide result;
    result.codes = at(section, begin + index * page_bytes);
    if (scale_bytes != 0) {
      result.scales = reinterpret_cast<std::uint16_t*>(
          at(section, begin + page::plane_bytes(format, page_bytes, slots) + index * scale_bytes));
    }
    return result;
  }
};

}  // namespace

LayerCache layer_cache(const Config& config, std::uint32_t own_window,
                       KvFormats recommended) noexcept {
  const KvFormats formats = config.kv.value_or(recommended);
  LayerCache layer;
  layer.ring.pinned = own_window == 0 ? config.sinks : 0;
  layer.ring.window =
      own_window == 0 ? config.context - config.sinks : std::min(own_window, config.context);
  layer.ring.max_tokens = config.ring_chunk();
  const bool tiered = formats.keys == KvFormat::int4 || formats.values == KvFormat::int4;
  if (tiered && config.hot_window < layer.ring.window) layer.ring.hot = config.hot_window;
  layer.regions[0] = {.formats = {pinned_format(formats.keys, layer.ring.pinned),
                                  pinned_format(formats.values, layer.ring.pinned)},
                      .slots = layer.ring.pinned};
  layer.regions[1] = {.formats = {hot_format(formats.keys), hot_format(formats.values)},
                      .slots = layer.ring.slots()};
  layer.regions[2] = {.formats = formats, .slots = layer.ring.cold_slots()};
  return layer;
}

StorableBelow storable(const LayerCache& layer, Region region) noexcept {
  const KvFormats own = layer.region(region).formats;
  StorableBelow limit = {storable_below(own.keys), storable_below(own.values)};
  const RegionCache& cold = layer.region(Region::cold);
  if (features::int4_cache && region == Region::ring && cold.slots > 0) {
    limit.key = std::min(limit.key, storable_below(cold.formats.keys));
    limit.value = std::min(limit.value, storable_below(cold.formats.values));
  }
  return limit;
}

LayerCacheBytes layer_cache_bytes(const LayerCache& layer,
                                  const Architecture& architecture) noexcept {
  const std::uint64_t heads = architecture.kv_heads;
  const std::uint64_t d = architecture.head_dim;
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

KvCache::KvCache(const Arena& arena, const Architecture& architecture) noexcept
    : layers_(arena.array<LayerCache>("cache layers")),
      head_dim_(architecture.head_dim),
      kv_heads_(architecture.kv_heads) {
  for (std::size_t i = 0; i < region_count; ++i) {
    keys_[i] = arena.bytes(key_sections[i]);
    values_[i] = arena.bytes(value_sections[i]);
  }
}

void KvCache::clear() noexcept {
  for (std::size_t i = 0; i < region_count; ++i) {
    std::fill(keys_[i].begin(), keys_[i].end(), std::byte{0});
    std::fill(values_[i].begin(), values_[i].end(), std::byte{0});
  }
}

KvCache::Sides KvCache::locate(std::uint32_t layer, Region region, std::uint32_t head,
                               std::uint32_t page) const noexcept {
  const auto index = static_cast<std::uint8_t>(region);
  const RegionCache& cache = layers_[layer].regions[index];
  const auto [keys, values] = cache.formats;
  const Plane key_plane{keys_[index], cache.keys, keys, page::key_bytes(keys, head_dim_),
                        cache.slots,  head_dim_};
  const Plane value_plane{values_[index], cache.values,
                          values,         page::value_bytes(values, head_dim_),
                          cache.slots,    head_dim_};
  return {key_plane.page(head, page), value_plane.page(head, page)};
}

namespace {

/// What a head has from its first page, `side`, on.
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
  return first_pages(locate(layer, region, head, 0).keys, format,
                     page::key_bytes(format, head_dim_), slots, head_dim_);
}

HeadPages KvCache::value_pages(std::uint32_t layer, Region region, std::uint32_t head,
                               std::uint32_t slots) const noexcept {
  const KvFormat format = layers_[layer].region(region).formats.values;
  return first_pages(locate(layer, region, head, 0).values, format,
                     page::value_bytes(format, head_dim_), slots, head_dim_);
}

void KvCache::place_pinned(std::span<const std::byte> keys,
                           std::span<const std::byte> values) noexcept {
  // Only store() writes, and not to pinned positions any more.
  const auto readable = [](std::span<const std::byte> bytes) {
    return std::span(const_cast<std::byte*>(bytes.data()), bytes.size());
  };
  keys_[static_cast<std::size_t>(Region::pinned)] = readable(keys);
  values_[static_cast<std::size_t>(Region::pinned)] = readable(values);
}

CachePage KvCache::page(std::uint32_t layer, Region region, std::uint32_t head,
                        std::uint32_t page) const noexcept {
  const Sides sides = locate(layer, region, head, page);
  return {sides.keys.codes, sides.values.codes, sides.keys.scales, sides.values.scales};
}

void KvCache::store(const KernelSet& kernels, std::uint32_t layer, Region region,
                    std::uint32_t head, std::uint32_t slot, const float* key,
                    const float* value) noexcept {
  const KvFormats formats = layers_[layer].region(region).formats;
  const Sides sides = locate(layer, region, head, slot / page::positions);
  const std::size_t position = slot % page::positions;
  store_key(kernels, sides.keys, formats.keys, position, key, head_dim_);
  store_value(kernels, sides.values, formats.values, position, value, head_dim_);
}

void KvCache::demote(const KernelSet& kernels, std::uint32_t layer,
                     const Demotion& demotion) noexcept {
  float floats[page::largest_head_dim];
  const RegionCache& hot = layers_[layer].region(Region::ring);
  const RegionCache& cold = layers_[layer].region(Region::cold);
  for (std::uint32_t i = 0; i < demotion.count; ++i) {
    const std::uint32_t from = (demotion.first_slot + i) % hot.slots;
    const std::uint32_t to = (demotion.first_cold_slot + i) % cold.slots;
    for (std::uint32_t head = 0; head < kv_heads_; ++head) {
      const Sides source = locate(layer, Region::ring, head, from / page::positions);
      const Sides target = locate(layer, Region::cold, head, to / page::positions);
      const std::size_t old_position = from % page::positions;
      const std::size_t position = to % page::positions;
      load_key(source.keys, hot.formats.keys, old_position, head_dim_, floats);
      store_key(kernels, target.keys, cold.formats.keys, position, floats, head_dim_);
      load_value(source.values, hot.formats.values, old_position, head_dim_, floats);
      store_value(kernels, target.values, cold.formats.values, position, floats, head_dim_);
    }
  }
}

}  // namespace ringlet

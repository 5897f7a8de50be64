#include "cache/kv_cache.hpp"

#include <algorithm>

#include "kernels/cache_page.hpp"

namespace ringlet {
namespace {

// Above this many, pinned tokens are stored like those of the ring.
constexpr std::uint32_t most_float_sinks = 64;

KvFormat pinned_format(KvFormat ring, std::uint32_t pinned) {
  return ring == KvFormat::int8 && pinned <= most_float_sinks ? KvFormat::f16 : ring;
}

/// Codes of all pages of a head, then their scales.
std::uint64_t head_bytes(std::uint64_t page_bytes, KvFormat format, std::uint64_t slots) {
  return slots / page::positions * (page_bytes + page::scale_bytes(format));
}

std::uint8_t* at(std::span<std::byte> section, std::uint64_t offset) {
  return reinterpret_cast<std::uint8_t*>(section.data()) + static_cast<std::size_t>(offset);
}

/// One side of a page of a head, given where the layer begins in the section.
PageSide side(std::span<std::byte> section, std::uint64_t layer_offset, KvFormat format,
              std::uint64_t page_bytes, std::uint32_t slots, std::uint32_t head,
              std::uint32_t index) {
  const std::uint64_t pages = slots / page::positions;
  const std::uint64_t begin = layer_offset + head * head_bytes(page_bytes, format, slots);
  PageSide result;
  result.codes = at(section, begin + index * page_bytes);
  if (page::scale_bytes(format) != 0) {
    result.scales = reinterpret_cast<std::uint16_t*>(
        at(section, begin + pages * page_bytes + index * page::scale_bytes(format)));
  }
  return result;
}

}  // namespace

LayerCache layer_cache(const Config& config, std::uint32_t own_window,
                       KvFormats recommended) noexcept {
  LayerCache layer;
  layer.ring.pinned = own_window == 0 ? config.sinks : 0;
  layer.ring.window =
      own_window == 0 ? config.context - config.sinks : std::min(own_window, config.context);
  layer.ring.max_tokens = config.prefill_chunk;
  layer.ring_formats = config.kv ? KvFormats{*config.kv, *config.kv} : recommended;
  layer.pinned_formats = {pinned_format(layer.ring_formats.keys, layer.ring.pinned),
                          pinned_format(layer.ring_formats.values, layer.ring.pinned)};
  return layer;
}

LayerCacheBytes layer_cache_bytes(const LayerCache& layer,
                                  const Architecture& architecture) noexcept {
  const std::uint64_t heads = architecture.kv_heads;
  const std::uint64_t d = architecture.head_dim;
  const auto keys = [&](KvFormat format, std::uint32_t slots) {
    return heads * head_bytes(page::key_bytes(format, d), format, slots);
  };
  const auto values = [&](KvFormat format, std::uint32_t slots) {
    return heads * head_bytes(page::value_bytes(format, d), format, slots);
  };
  return {.pinned_keys = keys(layer.pinned_formats.keys, layer.ring.pinned_slots()),
          .pinned_values = values(layer.pinned_formats.values, layer.ring.pinned_slots()),
          .ring_keys = keys(layer.ring_formats.keys, layer.ring.slots()),
          .ring_values = values(layer.ring_formats.values, layer.ring.slots())};
}

KvCache::KvCache(const Arena& arena, const Architecture& architecture) noexcept
    : layers_(arena.array<LayerCache>("cache layers")),
      pinned_keys_(arena.bytes("pinned keys")),
      pinned_values_(arena.bytes("pinned values")),
      ring_keys_(arena.bytes("ring keys")),
      ring_values_(arena.bytes("ring values")),
      head_dim_(architecture.head_dim) {}

void KvCache::clear() noexcept {
  for (const std::span<std::byte> section :
       {pinned_keys_, pinned_values_, ring_keys_, ring_values_}) {
    std::fill(section.begin(), section.end(), std::byte{0});
  }
}

KvCache::Sides KvCache::locate(std::uint32_t layer, Region region, std::uint32_t head,
                               std::uint32_t page) const noexcept {
  const LayerCache& cache = layers_[layer];
  const std::uint64_t d = head_dim_;
  if (region == Region::pinned) {
    const KvFormats formats = cache.pinned_formats;
    const std::uint32_t slots = cache.ring.pinned_slots();
    return {side(pinned_keys_, cache.pinned_keys, formats.keys, page::key_bytes(formats.keys, d),
                 slots, head, page),
            side(pinned_values_, cache.pinned_values, formats.values,
                 page::value_bytes(formats.values, d), slots, head, page)};
  }
  const KvFormats formats = cache.ring_formats;
  const std::uint32_t slots = cache.ring.slots();
  return {side(ring_keys_, cache.ring_keys, formats.keys, page::key_bytes(formats.keys, d), slots,
               head, page),
          side(ring_values_, cache.ring_values, formats.values,
               page::value_bytes(formats.values, d), slots, head, page)};
}

CachePage KvCache::page(std::uint32_t layer, Region region, std::uint32_t head,
                        std::uint32_t page) const noexcept {
  const Sides sides = locate(layer, region, head, page);
  return {sides.keys.codes, sides.values.codes, sides.keys.scales, sides.values.scales};
}

void KvCache::store(std::uint32_t layer, Region region, std::uint32_t head, std::uint32_t slot,
                    const float* key, const float* value) noexcept {
  const LayerCache& cache = layers_[layer];
  const KvFormats formats = region == Region::pinned ? cache.pinned_formats : cache.ring_formats;
  const Sides sides = locate(layer, region, head, slot / page::positions);
  const std::size_t position = slot % page::positions;
  store_key(sides.keys, formats.keys, position, key, head_dim_);
  store_value(sides.values, formats.values, position, value, head_dim_);
}

}  // namespace ringlet

// The key/value cache of a session: for every layer a pinned region and a ring, in pages of 32
// positions.
//
//   section "pinned keys":  layer 0 [head 0 pages | scales][head 1 …] layer 1 …
//   section "pinned values", "ring keys", "ring values", "cold keys", "cold values": the same
//
// Formats and windows are each layer's own. Which slot holds which position is cache/ring.hpp's
// business; how a page looks is kernels/cache_page.hpp's.
#pragma once

#include <cstdint>

#include "cache/codec.hpp"
#include "cache/ring.hpp"
#include "kernels/views.hpp"
#include "memory/arena.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/config.hpp"

namespace ringlet {

/// The regions of a layer. A cache of one tier has nothing in the cold one.
enum class Region : std::uint8_t { pinned, ring, cold };
inline constexpr std::size_t region_count = 3;

/// One region of a layer.
struct RegionCache {
  KvFormats formats;
  std::uint32_t slots = 0;
  std::uint64_t keys = 0;  // where the layer begins in the region's sections, in bytes
  std::uint64_t values = 0;
};

/// One layer's share of the cache. Free of pointers, so that it is the same on every target.
struct LayerCache {
  RingGeometry ring;
  RegionCache regions[region_count];

  [[nodiscard]] const RegionCache& region(Region which) const noexcept {
    return regions[static_cast<std::uint8_t>(which)];
  }
};

/// Geometry and formats of a layer, with all offsets zero. `own_window` is the layer's sliding
/// window (0: none); such a layer pins nothing, because its model was trained without.
/// `config.context` must be resolved and larger than `config.sinks`. Where keys or values are to be
/// INT4 the newest positions, config.hot_window
/// of them, are INT8, and a window
/// that is no longer than that is INT8 altogether. Pinned tokens of an integer cache are f16 while
/// there are at most 64 of them, and INT8 beyond.
[[nodiscard]] LayerCache layer_cache(const Config& config, std::uint32_t own_window,
                                     KvFormats recommended) noexcept;

/// The magnitudes from which on a key and a value cannot be stored in a region, or later be demoted
/// from it.
struct StorableBelow {
  float key;
  float value;
};
[[nodiscard]] StorableBelow storable(const LayerCache& layer, Region region) noexcept;

/// Bytes of a layer in the two sections of each region.
struct LayerCacheBytes {
  std::uint64_t keys[region_count] = {};
  std::uint64_t values[region_count] = {};

  [[nodiscard]] std::uint64_t total() const noexcept;
};
[[nodiscard]] LayerCacheBytes layer_cache_bytes(const LayerCache& layer,
                                                const Architecture& architecture) noexcept;

/// The names of the sections, by region.
inline constexpr const char* key_sections[region_count] = {"pinned keys", "ring keys", "cold keys"};
inline constexpr const char* value_sections[region_count] = {"pinned values", "ring values",
                                                             "cold values"};

/// Keys or values of some pages of a kv head, as they lie in memory.
struct HeadPages {
  std::span<std::byte> codes;
  std::span<std::byte> scales;  // empty for f32 and f16
};

/// Access to the cache's storage. Small; holds no state of its own.
class KvCache {
 public:
  KvCache() = default;
  KvCache(const Arena& arena, const Architecture& architecture) noexcept;

  [[nodiscard]] const LayerCache& layer(std::uint32_t index) const noexcept {
    return layers_[index];
  }
  [[nodiscard]] LayerCache& layer(std::uint32_t index) noexcept { return layers_[index]; }

  /// Zeroes everything, so that no byte that was there before can be mistaken for a number.
  void clear() noexcept;

  /// Page `page` of a kv head, to read.
  [[nodiscard]] CachePage page(std::uint32_t layer, Region region, std::uint32_t head,
                               std::uint32_t page) const noexcept;

  /// The first `slots` slots of a kv head in a region, as page::plane_bytes has them.
  [[nodiscard]] HeadPages key_pages(std::uint32_t layer, Region region, std::uint32_t head,
                                    std::uint32_t slots) const noexcept;
  [[nodiscard]] HeadPages value_pages(std::uint32_t layer, Region region, std::uint32_t head,
                                      std::uint32_t slots) const noexcept;

  /// Has the pinned region read from elsewhere: what the sections "pinned keys" and "pinned values"
  /// would hold, at multiples of 64, the values behind the keys. From then on no pinned position
  /// may be stored.
  void place_pinned(std::span<const std::byte> keys, std::span<const std::byte> values) noexcept;

  /// All that place_pinned() was given.
  [[nodiscard]] std::span<const std::byte> placed_pinned() const noexcept {
    constexpr auto pinned = static_cast<std::size_t>(Region::pinned);
    return {keys_[pinned].data(), keys_[pinned].size() + values_[pinned].size()};
  }

  /// Quantizes one token's key and value of one head (head_dim floats each) into its slot.
  void store(const KernelSet& kernels, std::uint32_t layer, Region region, std::uint32_t head,
             std::uint32_t slot, const float* key, const float* value) noexcept;

  /// Copies positions of every kv head from the ring to the cold tier.
  void demote(const KernelSet& kernels, std::uint32_t layer, const Demotion& demotion) noexcept;

 private:
  struct Sides {
    PageSide keys;
    PageSide values;
  };
  [[nodiscard]] Sides locate(std::uint32_t layer, Region region, std::uint32_t head,
                             std::uint32_t page) const noexcept;

  LayerCache* layers_ = nullptr;
  std::span<std::byte> keys_[region_count];
  std::span<std::byte> values_[region_count];
  std::uint32_t head_dim_ = 0;
  std::uint32_t kv_heads_ = 0;
};

}  // namespace ringlet

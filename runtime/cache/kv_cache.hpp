// The key/value cache of a session: for every layer a pinned region and a ring, in pages of 32
// positions.
//
//   section "pinned keys":  layer 0 [head 0 pages | scales][head 1 …] layer 1 …
//   section "pinned values", "ring keys", "ring values": the same
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

/// One layer's share of the cache. Free of pointers, so that it is the same on every target.
struct LayerCache {
  RingGeometry ring;
  KvFormats pinned_formats;
  KvFormats ring_formats;
  std::uint64_t pinned_keys = 0;  // where this layer begins in each section, in bytes
  std::uint64_t pinned_values = 0;
  std::uint64_t ring_keys = 0;
  std::uint64_t ring_values = 0;
};

/// The regions of a layer.
enum class Region : std::uint8_t { pinned, ring };

/// Geometry and formats of a layer. `own_window` is the layer's sliding window (0: none); such a
/// layer pins nothing, because its model was trained without. `config.context` must be resolved and
/// larger than `config.sinks`. Pinned tokens of an INT8 cache are f16 while there are at most 64 of
/// them.
[[nodiscard]] LayerCache layer_cache(const Config& config, std::uint32_t own_window,
                                     KvFormats recommended) noexcept;

/// Bytes of a layer in the four sections.
struct LayerCacheBytes {
  std::uint64_t pinned_keys = 0;
  std::uint64_t pinned_values = 0;
  std::uint64_t ring_keys = 0;
  std::uint64_t ring_values = 0;
};
[[nodiscard]] LayerCacheBytes layer_cache_bytes(const LayerCache& layer,
                                                const Architecture& architecture) noexcept;

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

  /// Quantizes one token's key and value of one head (head_dim floats each) into its slot.
  void store(std::uint32_t layer, Region region, std::uint32_t head, std::uint32_t slot,
             const float* key, const float* value) noexcept;

 private:
  struct Sides {
    PageSide keys;
    PageSide values;
  };
  [[nodiscard]] Sides locate(std::uint32_t layer, Region region, std::uint32_t head,
                             std::uint32_t page) const noexcept;

  LayerCache* layers_ = nullptr;
  std::span<std::byte> pinned_keys_;
  std::span<std::byte> pinned_values_;
  std::span<std::byte> ring_keys_;
  std::span<std::byte> ring_values_;
  std::uint32_t head_dim_ = 0;
};

}  // namespace ringlet

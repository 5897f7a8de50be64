// The key/value cache of a session: for every layer a sink region and a ring, in pages of 32
// positions.
//
//   section "sink keys":  layer 0 [head 0 pages | scales][head 1 …] layer 1 …
//   section "sink values", "hot keys", "hot values", "cold keys", "cold values": the same
//
// Formats and windows can differ between layers. cache/ring.hpp decides which slot holds which
// position; kernels/cache_page.hpp defines the layout of a page.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/features.hpp"
#include "cache/codec.hpp"
#include "cache/page_store.hpp"
#include "cache/recurrent.hpp"
#include "cache/ring.hpp"
#include "kernels/cache_view.hpp"
#include "memory/arena.hpp"
#include "model/layer_sizes.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// The regions of a layer. The cold region is empty unless the cache has two tiers.
enum class Region : std::uint8_t { sinks, hot, cold };
inline constexpr std::size_t region_count = 3;

/// One region of a layer.
struct RegionCache {
  KvFormats formats;
  std::uint32_t slots = 0;
  std::uint64_t keys = 0;  // offset of the layer in the region's section, in bytes
  std::uint64_t values = 0;
};

/// One layer's share of the cache. It contains no pointers, so it has the same layout on every
/// target.
struct LayerCache {
  RingGeometry ring;
  RegionCache regions[region_count];

  [[nodiscard]] const RegionCache& region(Region which) const noexcept {
    return regions[static_cast<std::uint8_t>(which)];
  }
};

/// Returns the geometry and formats of a layer, with all offsets zero. `config.context` must be
/// resolved and larger than `config.sinks`. A layer with a sliding window of its own keeps no
/// sinks, because its model was trained without them. A layer that does not attend has no slots.
///
/// If keys or values are INT4, the newest config.hot_window positions are INT8. A window that is
/// not longer than that is entirely INT8. The sinks of an integer cache are f16, or INT8 if there
/// are more than 64 of them.
///
/// A layer that reads another's cache has no slots. The other keeps what a whole pass reads,
/// because the reader comes after all of the pass was stored; and it is entirely INT8 where INT4 is
/// asked for, because what is demoted during a pass would otherwise depend on its length.
[[nodiscard]] LayerCache layer_cache(const Model& model, const Config& config,
                                     std::uint32_t index) noexcept;

/// The magnitudes from which a key or value cannot be stored in a region or demoted from it later.
struct StorableBelow {
  float key;
  float value;
};
[[nodiscard]] StorableBelow storable(const LayerCache& layer, Region region) noexcept;

/// Size in bytes of a layer in the two sections of each region.
struct LayerCacheBytes {
  std::uint64_t keys[region_count] = {};
  std::uint64_t values[region_count] = {};

  [[nodiscard]] std::uint64_t total() const noexcept;
};
[[nodiscard]] LayerCacheBytes layer_cache_bytes(const LayerCache& layer, HeadSizes sizes) noexcept;

/// Determines the geometry of each layer and its offsets in the sections.
void lay_out(const Model& model, const Config& config, LayerCache* layers) noexcept;

/// The sections of keys and values, by region.
inline constexpr SectionId key_sections[region_count] = {SectionId::sink_keys, SectionId::hot_keys,
                                                         SectionId::cold_keys};
inline constexpr SectionId value_sections[region_count] = {
    SectionId::sink_values, SectionId::hot_values, SectionId::cold_values};

/// The keys or values of some pages of a kv head, in memory.
struct HeadPages {
  std::span<std::byte> codes;
  std::span<std::byte> scales;  // empty for f32 and f16
};

/// Access to the storage of the cache. A small handle to the caller's memory.
class KvCache {
 public:
  KvCache() = default;
  /// The cache of session `index` of `sessions`, each of which has an equal part of every section.
  /// With `one_sinks` there is one sink region, which all share. `model` must outlive the cache.
  KvCache(const Arena& arena, const Model& model, std::uint32_t index, std::uint32_t sessions,
          bool one_sinks) noexcept;

  [[nodiscard]] const LayerCache& layer(std::uint32_t index) const noexcept {
    return layers_[index];
  }
  [[nodiscard]] LayerCache& layer(std::uint32_t index) noexcept { return layers_[index]; }
  [[nodiscard]] HeadSizes heads(std::uint32_t layer) const noexcept {
    return head_sizes(*model_, layer);
  }

  /// What the layers without attention remember; null if there are none.
  [[nodiscard]] Recurrent* recurrent() const noexcept {
    return features::recurrent ? recurrent_ : nullptr;
  }
  void place_recurrent(Recurrent* recurrent) noexcept { recurrent_ = recurrent; }

  /// Makes this the cache of a branch: pages with an entry other than 0 in `table` lie in the
  /// store, the others in the ring of `root`. What recurrent layers remember stays its own.
  void branch(const KvCache& root, const PageStore& store, PageStore::Entry* table) noexcept {
    Recurrent* own = recurrent_;
    *this = root;
    recurrent_ = own;
    store_ = &store;
    table_ = table;
  }
  [[nodiscard]] bool is_branch() const noexcept { return features::pool && table_ != nullptr; }

  /// Returns page `page` of a kv head, for reading and for writing.
  [[nodiscard]] CachePage page(std::uint32_t layer, Region region, std::uint32_t head,
                               std::uint32_t page) const noexcept;
  [[nodiscard]] PageSides locate(std::uint32_t layer, Region region, std::uint32_t head,
                                 std::uint32_t page) const noexcept;

  /// Returns the first `slots` slots of a kv head in a region, laid out as page::plane_bytes
  /// defines. Not of a branch, except its sinks.
  [[nodiscard]] HeadPages key_pages(std::uint32_t layer, Region region, std::uint32_t head,
                                    std::uint32_t slots) const noexcept;
  [[nodiscard]] HeadPages value_pages(std::uint32_t layer, Region region, std::uint32_t head,
                                      std::uint32_t slots) const noexcept;

  /// The keys and the values of a layer in a region, of all heads.
  [[nodiscard]] std::array<std::span<std::byte>, 2> layer_bytes(std::uint32_t layer,
                                                                Region region) const noexcept;

  /// Copies a page of a ring from another cache, which may be that of a branch of this one.
  void copy_page_from(const KvCache& from, std::uint32_t layer, Region region, std::uint32_t head,
                      std::uint32_t page) noexcept;

  /// Makes the sink region refer to other memory: the content of the sections "sink keys" and "sink
  /// values", each aligned to 64, with the values directly after the keys. Sink positions must not
  /// be stored from then on.
  void place_sinks(std::span<const std::byte> keys, std::span<const std::byte> values) noexcept;

  /// Reads the sinks where another cache does.
  void share_sinks(const KvCache& other) noexcept;

  /// Both spans passed to place_sinks(), as one; empty before.
  [[nodiscard]] std::span<const std::byte> placed_sinks() const noexcept {
    return {keys_[static_cast<std::size_t>(Region::sinks)], placed_};
  }

  /// Quantizes the key and value of one token and head (head_dim floats each) into its slot.
  void store(const KernelSet& kernels, std::uint32_t layer, Region region, std::uint32_t head,
             std::uint32_t slot, const float* key, const float* value) noexcept;

  /// Copies positions of every kv head from the hot to the cold tier.
  void demote(const KernelSet& kernels, std::uint32_t layer, const Demotion& demotion) noexcept;

 private:
  LayerCache* layers_ = nullptr;
  std::byte* keys_[region_count] = {};
  std::byte* values_[region_count] = {};
  std::size_t placed_ = 0;  // bytes passed to place_sinks()
  const PageStore* store_ = nullptr;
  PageStore::Entry* table_ = nullptr;  // of a branch
  const Model* model_ = nullptr;
  Recurrent* recurrent_ = nullptr;
};

}  // namespace ringlet

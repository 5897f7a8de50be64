// Pages that branches of a session have for themselves. A branch shares the pages of a ring until
// it writes one; then it gets a copy in this store. Copies are counted, so that branches of a
// branch share them in turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cache/codec.hpp"
#include "kernels/cache_page.hpp"
#include "model/layer_sizes.hpp"
#include "ringlet/formats.hpp"

namespace ringlet {

struct LayerCache;
enum class Region : std::uint8_t;

/// Keys and values of a page, for writing.
struct PageSides {
  PageSide keys;
  PageSide values;
};

/// Copies a whole page of these formats, codes and scales.
void copy_page(const PageSides& from, const PageSides& to, KvFormats formats,
               std::uint32_t head_dim) noexcept;

/// A store of `capacity` pages for each tier of each layer. The memory, the layers' table and the
/// model must outlive it.
class PageStore {
 public:
  /// Number of the store's page plus 1; 0 stands for the page of the ring.
  using Entry = std::uint16_t;
  static constexpr std::uint32_t most_pages = 0xFFFE;

  /// Sizes in bytes for such layers.
  struct Sizes {
    std::uint64_t pages = 0;    // of the pages' memory
    std::uint64_t places = 0;   // of the table of layers
    std::uint64_t counts = 0;   // of the counts
    std::uint64_t entries = 0;  // entries of a branch's table
  };
  [[nodiscard]] static Sizes sizes(std::span<const LayerCache> layers, const Model& model,
                                   std::uint32_t capacity) noexcept;
  /// The same, added layer by layer.
  static void add(const LayerCache& layer, HeadSizes heads, std::uint32_t capacity,
                  Sizes& sum) noexcept;

  PageStore() = default;
  PageStore(std::span<const LayerCache> layers, const Model& model, std::uint32_t capacity,
            std::byte* pages, std::byte* places, std::byte* counts) noexcept;

  /// The entry for a page in a branch's table.
  [[nodiscard]] std::size_t index(std::uint32_t layer, Region region,
                                  std::uint32_t page) const noexcept {
    return places_[layer].first[tier(region)] + page;
  }

  /// The memory of entry `entry` ≠ 0 for a kv head.
  [[nodiscard]] PageSides locate(std::uint32_t layer, Region region, Entry entry,
                                 std::uint32_t head) const noexcept;

  /// Counts one user more or less of a page.
  void share(std::uint32_t layer, Region region, Entry entry) noexcept;
  void release(std::uint32_t layer, Region region, Entry entry) noexcept;
  [[nodiscard]] bool is_shared(std::uint32_t layer, Region region, Entry entry) const noexcept;

  /// Takes a free page, with one user. There must be one.
  [[nodiscard]] Entry take(std::uint32_t layer, Region region) noexcept;

  /// The largest number of pages in use in any tier of a layer.
  [[nodiscard]] std::uint32_t used() const noexcept;
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::span<const LayerCache> layers() const noexcept { return layers_; }
  [[nodiscard]] HeadSizes heads(std::uint32_t layer) const noexcept {
    return head_sizes(*model_, layer);
  }

 private:
  /// Where a layer's pages and entries begin, for the hot and the cold tier.
  struct Place {
    std::uint64_t offset[2] = {};
    std::uint32_t first[2] = {};
  };
  static constexpr std::size_t tier(Region region) noexcept {
    return static_cast<std::size_t>(region) - 1;
  }
  [[nodiscard]] std::uint16_t& count(std::uint32_t layer, Region region,
                                     Entry entry) const noexcept;

  std::span<const LayerCache> layers_;
  std::byte* pages_ = nullptr;
  Place* places_ = nullptr;
  std::uint16_t* counts_ = nullptr;
  std::uint32_t capacity_ = 0;
  const Model* model_ = nullptr;
};

}  // namespace ringlet

#include "cache/page_store.hpp"

#include <algorithm>

#include "cache/kv_cache.hpp"

namespace ringlet {
namespace {

/// Parts of a page of one kv head: codes and scales of keys, then of values.
struct PageParts {
  std::uint64_t keys;
  std::uint64_t key_scales;
  std::uint64_t values;
  std::uint64_t value_scales;

  [[nodiscard]] std::uint64_t total() const { return keys + key_scales + values + value_scales; }
};

PageParts parts_of(KvFormats formats, std::uint32_t head_dim) {
  return {page::key_bytes(formats.keys, head_dim), page::scale_bytes(formats.keys, head_dim),
          page::value_bytes(formats.values, head_dim), page::scale_bytes(formats.values, head_dim)};
}

void copy_side(const PageSide& from, const PageSide& to, std::uint64_t codes,
               std::uint64_t scales) {
  std::copy_n(from.codes, static_cast<std::size_t>(codes), to.codes);
  std::copy_n(from.scales, static_cast<std::size_t>(scales) / sizeof(std::uint16_t), to.scales);
}

}  // namespace

void copy_page(const PageSides& from, const PageSides& to, KvFormats formats,
               std::uint32_t head_dim) noexcept {
  const PageParts parts = parts_of(formats, head_dim);
  copy_side(from.keys, to.keys, parts.keys, parts.key_scales);
  copy_side(from.values, to.values, parts.values, parts.value_scales);
}

void PageStore::add(const LayerCache& layer, HeadSizes heads, std::uint32_t capacity,
                    Sizes& sum) noexcept {
  sum.places += sizeof(Place);
  for (const Region region : {Region::hot, Region::cold}) {
    const RegionCache& cache = layer.region(region);
    if (cache.slots == 0) continue;
    sum.pages +=
        std::uint64_t{capacity} * heads.kv_heads * parts_of(cache.formats, heads.head_dim).total();
    sum.entries += page::count(cache.slots);
  }
  sum.counts += std::uint64_t{2} * capacity * sizeof(std::uint16_t);
}

PageStore::Sizes PageStore::sizes(std::span<const LayerCache> layers, const Model& model,
                                  std::uint32_t capacity) noexcept {
  Sizes sum;
  for (std::uint32_t i = 0; i < layers.size(); ++i) {
    add(layers[i], head_sizes(model, i), capacity, sum);
  }
  return sum;
}

PageStore::PageStore(std::span<const LayerCache> layers, const Model& model, std::uint32_t capacity,
                     std::byte* pages, std::byte* places, std::byte* counts) noexcept
    : layers_(layers),
      pages_(pages),
      places_(reinterpret_cast<Place*>(places)),
      counts_(reinterpret_cast<std::uint16_t*>(counts)),
      capacity_(capacity),
      model_(&model) {
  static_assert(sizeof(Place) == 24, "the plan is the same on every target");
  Sizes before;
  for (std::uint32_t i = 0; i < layers_.size(); ++i) {
    const HeadSizes sizes = heads(i);
    Place place;
    place.offset[0] = before.pages;
    place.first[0] = static_cast<std::uint32_t>(before.entries);
    const RegionCache& hot = layers[i].region(Region::hot);
    place.offset[1] = before.pages + std::uint64_t{capacity_} * sizes.kv_heads *
                                         parts_of(hot.formats, sizes.head_dim).total();
    place.first[1] = place.first[0] + page::count(hot.slots);
    places_[i] = place;
    add(layers[i], sizes, capacity, before);
  }
  std::fill_n(counts_, 2 * layers_.size() * capacity_, std::uint16_t{0});
}

PageSides PageStore::locate(std::uint32_t layer, Region region, Entry entry,
                            std::uint32_t head) const noexcept {
  const HeadSizes sizes = heads(layer);
  const PageParts parts = parts_of(layers_[layer].region(region).formats, sizes.head_dim);
  const std::uint64_t index = std::uint64_t{entry - 1U} * sizes.kv_heads + head;
  std::byte* page = pages_ + static_cast<std::size_t>(places_[layer].offset[tier(region)] +
                                                      index * parts.total());
  const auto codes = [](std::byte* at) { return reinterpret_cast<std::uint8_t*>(at); };
  const auto scales = [](std::byte* at, std::uint64_t bytes) {
    return bytes == 0 ? nullptr : reinterpret_cast<std::uint16_t*>(at);
  };
  std::byte* values = page + static_cast<std::size_t>(parts.keys + parts.key_scales);
  return {
      {codes(page), scales(page + static_cast<std::size_t>(parts.keys), parts.key_scales)},
      {codes(values), scales(values + static_cast<std::size_t>(parts.values), parts.value_scales)}};
}

std::uint16_t& PageStore::count(std::uint32_t layer, Region region, Entry entry) const noexcept {
  return counts_[(std::size_t{layer} * 2 + tier(region)) * capacity_ + entry - 1];
}

void PageStore::share(std::uint32_t layer, Region region, Entry entry) noexcept {
  if (entry != 0) ++count(layer, region, entry);
}

void PageStore::release(std::uint32_t layer, Region region, Entry entry) noexcept {
  if (entry != 0) --count(layer, region, entry);
}

bool PageStore::is_shared(std::uint32_t layer, Region region, Entry entry) const noexcept {
  return entry == 0 || count(layer, region, entry) > 1;
}

PageStore::Entry PageStore::take(std::uint32_t layer, Region region) noexcept {
  Entry entry = 1;
  while (count(layer, region, entry) != 0) ++entry;
  count(layer, region, entry) = 1;
  return entry;
}

std::uint32_t PageStore::used() const noexcept {
  std::uint32_t most = 0;
  for (std::size_t tier = 0; tier < 2 * layers_.size(); ++tier) {
    const std::uint16_t* first = counts_ + tier * capacity_;
    const auto free = std::count(first, first + capacity_, std::uint16_t{0});
    most = std::max(most, capacity_ - static_cast<std::uint32_t>(free));
  }
  return most;
}

}  // namespace ringlet

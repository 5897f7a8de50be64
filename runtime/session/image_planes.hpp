// The planes of an image one after the other.
#pragma once

#include "cache/kv_cache.hpp"
#include "kernels/cache_page.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Keys or values of one kv head in one region, as far as an image has them: codes, then scales.
struct HeadPlane {
  Region region;
  bool keys;  // or values
  std::uint32_t layer;
  std::uint32_t head;
  std::uint32_t slots;
  KvFormat format;
  std::size_t codes;   // bytes
  std::size_t scales;  // bytes
};

/// Calls visit(HeadPlane) → Status for everything of the cache that an image holds, in its order.
/// `in_image(i)` is layer i as the image has it (layer_in_image). Stops at the first failure.
template <typename InImage, typename Visit>
Status for_each_plane(const Architecture& a, InImage in_image, Visit visit) {
  for (std::size_t r = 0; r < region_count; ++r) {
    for (const bool keys : {true, false}) {
      for (std::uint32_t i = 0; i < a.layers; ++i) {
        const RegionCache& region = in_image(i).regions[r];
        const KvFormat format = keys ? region.formats.keys : region.formats.values;
        const std::uint64_t codes = page::plane_bytes(
            format,
            keys ? page::key_bytes(format, a.head_dim) : page::value_bytes(format, a.head_dim),
            region.slots);
        const std::uint64_t scales =
            page::count(region.slots) * page::scale_bytes(format, a.head_dim);
        for (std::uint32_t head = 0; head < a.kv_heads && region.slots > 0; ++head) {
          const Status status = visit(HeadPlane{.region = static_cast<Region>(r),
                                                .keys = keys,
                                                .layer = i,
                                                .head = head,
                                                .slots = region.slots,
                                                .format = format,
                                                .codes = static_cast<std::size_t>(codes),
                                                .scales = static_cast<std::size_t>(scales)});
          if (!status.ok()) return status;
        }
      }
    }
  }
  return {};
}

/// Checks what a cache relies on: numbers and scales are finite, scales zero or at least 2^-14, and
/// no INT8 code is −128. An error tells the layer.
Status check_plane(const HeadPlane& plane, std::span<const std::byte> codes,
                   std::span<const std::byte> scales) noexcept;

/// Bytes that are taken one after the other.
template <typename Byte>
class Stream {
 public:
  explicit Stream(std::span<Byte> bytes) : rest_(bytes) {}
  std::span<Byte> take(std::size_t count) {
    const std::span<Byte> taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  [[nodiscard]] std::span<Byte> rest() const { return rest_; }

 private:
  std::span<Byte> rest_;
};

}  // namespace ringlet

// Iteration over the planes of a snapshot.
#pragma once

#include "cache/kv_cache.hpp"
#include "kernels/cache_page.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The keys or values of one kv head in one region, as stored in a snapshot: codes, then scales.
struct HeadPlane {
  Region region;
  bool keys;  // true for keys, false for values
  std::uint32_t layer;
  std::uint32_t head;
  std::uint32_t slots;
  KvFormat format;
  std::size_t codes;   // bytes
  std::size_t scales;  // bytes
};

/// Calls visit(HeadPlane) → Status for every part of the cache in a snapshot, in order.
/// `in_snapshot(i)` must return layer i as stored in the snapshot (layer_in_snapshot). Stops at the
/// first error.
template <typename InSnapshot, typename Visit>
Status for_each_plane(const Model& model, InSnapshot in_snapshot, Visit visit) {
  for (std::size_t r = 0; r < region_count; ++r) {
    for (const bool keys : {true, false}) {
      for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
        const auto [kv_heads, d] = head_sizes(model, i);
        const RegionCache& region = in_snapshot(i).regions[r];
        const KvFormat format = keys ? region.formats.keys : region.formats.values;
        const std::uint64_t codes = page::plane_bytes(
            format, keys ? page::key_bytes(format, d) : page::value_bytes(format, d), region.slots);
        const std::uint64_t scales = page::count(region.slots) * page::scale_bytes(format, d);
        for (std::uint32_t head = 0; head < kv_heads && region.slots > 0; ++head) {
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

/// Checks the invariants of a cache: numbers and scales are finite, scales are zero or at least
/// 2^-14, and no INT8 code is −128. Errors name the layer.
Status check_plane(const HeadPlane& plane, std::span<const std::byte> codes,
                   std::span<const std::byte> scales) noexcept;

/// Checks that all floats are finite. `where` names them in the error.
Status check_floats(const char* where, std::span<const std::byte> floats) noexcept;

/// Bytes that are taken from front to back.
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

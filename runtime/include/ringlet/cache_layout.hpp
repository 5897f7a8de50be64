// What the cache of a session consists of, layer by layer: for reports.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

#include "ringlet/config.hpp"
#include "ringlet/formats.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// The cache is divided into pages of so many positions.
inline constexpr std::uint32_t cache_page_positions = 32;

/// The cache of one layer. A ring in two tiers has its newest positions in the hot one and the
/// others in the cold one.
struct CacheLayout {
  std::uint32_t sinks = 0;       // positions kept for ever
  std::uint32_t window = 0;      // positions of the ring that a query sees
  std::uint32_t ring_slots = 0;  // of the ring, or of its hot tier, in whole pages
  std::uint32_t hot = 0;         // the newest of the window, in the hot tier; 0: one tier
  std::uint32_t cold_slots = 0;
  KvFormats newest;              // of the ring, or of its hot tier
  KvFormats older;               // of the cold tier; with one tier as `newest`
  std::uint64_t page_bytes = 0;  // a page of all kv heads in the formats of `older`
  /// Inputs that the convolution of a layer without attention remembers, and the size of the state
  /// of its recurrence; all of the above is then zero.
  std::uint32_t inputs = 0;
  std::uint64_t state_bytes = 0;
  std::uint64_t bytes =
      0;  // in the caller's memory; everything is 0 if it reads another layer's cache
  friend bool operator==(const CacheLayout&, const CacheLayout&) = default;
};

/// The cache of a layer under a configuration that plan() accepts, with its context resolved
/// (Session::config).
[[nodiscard]] CacheLayout cache_layout(const Model& model, const Config& config,
                                       std::uint32_t layer) noexcept;

}  // namespace ringlet

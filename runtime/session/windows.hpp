// What the layers without sinks hold after the prefix of a pool, windows and recurrent inputs: one
// copy, for every session that begins after the prefix.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/kv_cache.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// Size in bytes of the copy; 0 if all layers have sinks.
[[nodiscard]] std::uint64_t window_bytes(const Model& model, const Config& config) noexcept;

/// Copies what those layers hold out of the cache of a session at `position`.
void save_windows(const KvCache& cache, std::uint32_t layers, std::uint64_t position,
                  std::byte* copy) noexcept;

/// Copies it into a cache.
void load_windows(const std::byte* copy, std::uint32_t layers, std::uint64_t position,
                  KvCache& cache) noexcept;

}  // namespace ringlet

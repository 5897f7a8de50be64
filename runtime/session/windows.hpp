// What the layers without sinks hold after the prefix of a pool: one copy, for every session that
// begins after the prefix.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/kv_cache.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// Size in bytes of the copy; 0 if all layers have sinks.
[[nodiscard]] std::uint64_t window_bytes(const Model& model, const Config& config) noexcept;

/// Copies the rings of those layers out of a cache.
void save_windows(const KvCache& cache, const Architecture& architecture, std::byte* copy) noexcept;

/// Copies them into a cache.
void load_windows(const std::byte* copy, const Architecture& architecture, KvCache& cache) noexcept;

}  // namespace ringlet

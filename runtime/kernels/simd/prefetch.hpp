// Prefetching, for every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringlet::simd {

/// Prefetches `bytes` at p + ahead. The last lines of a plane prefetch beyond its end, which is
/// harmless because the address is computed as an integer.
template <std::size_t bytes>
[[gnu::always_inline]] inline void prefetch(const void* p, std::size_t ahead) {
  const auto address = reinterpret_cast<std::uintptr_t>(p) + ahead;
  for (std::size_t i = 0; i < bytes; i += 64) {
    __builtin_prefetch(reinterpret_cast<const void*>(address + i), 0, 3);
  }
}

}  // namespace ringlet::simd

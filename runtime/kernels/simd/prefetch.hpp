// Asking for memory ahead of its use, in every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringlet::simd {

/// Asks for `bytes` that lie `ahead` of p. There may be nothing there: the last lines of a plane
/// ask for what follows it, which is harmless, and the address is an integer until then.
template <std::size_t bytes>
[[gnu::always_inline]] inline void prefetch(const void* p, std::size_t ahead) {
  const auto address = reinterpret_cast<std::uintptr_t>(p) + ahead;
  for (std::size_t i = 0; i < bytes; i += 64) {
    __builtin_prefetch(reinterpret_cast<const void*>(address + i), 0, 3);
  }
}

}  // namespace ringlet::simd

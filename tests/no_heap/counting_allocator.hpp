// Counts every use of the heap in this program while armed. Linking counting_allocator.cpp replaces
// the C library's allocation functions, which operator new uses too.
#pragma once

#include <cstdint>

namespace ringlet::test {

/// Counts from its construction on.
class HeapWatch {
 public:
  HeapWatch() noexcept;
  ~HeapWatch();
  HeapWatch(const HeapWatch&) = delete;
  HeapWatch& operator=(const HeapWatch&) = delete;

  /// Calls of allocation functions, and of free, so far.
  [[nodiscard]] std::uint64_t calls() const noexcept;
};

}  // namespace ringlet::test

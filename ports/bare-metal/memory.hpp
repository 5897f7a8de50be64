// The memory map of an image, and the high-water mark of its stack.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringlet::port {

/// A part of the address space, as placed by the linker script.
struct MemoryRange {
  const char* name;
  std::uintptr_t begin;
  std::uintptr_t end;

  [[nodiscard]] constexpr std::size_t bytes() const noexcept { return end - begin; }
};

/// The linked image: code and constants, model, static data, stack.
std::array<MemoryRange, 4> memory_map() noexcept;

/// Fills the unused part of the stack with a pattern. start() calls this once.
void paint_stack() noexcept;

/// Returns the maximum number of bytes of stack in use since it was painted: everything above the
/// lowest word that lost the pattern.
std::size_t stack_high_water() noexcept;

/// Whether the stack has used its last word, and may have overwritten the memory below.
bool stack_is_exhausted() noexcept;

}  // namespace ringlet::port

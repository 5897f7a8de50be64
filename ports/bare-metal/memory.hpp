// Where an image lies, and how deep its stack has been.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringlet::port {

/// A part of the address space that the linker script gave to something.
struct MemoryRange {
  const char* name;
  std::uintptr_t begin;
  std::uintptr_t end;

  [[nodiscard]] constexpr std::size_t bytes() const noexcept { return end - begin; }
};

/// The image as it was linked: code and constants, model, static data, stack.
std::array<MemoryRange, 4> memory_map() noexcept;

/// Fills the unused part of the stack with a pattern; start() does it once.
void paint_stack() noexcept;

/// The most bytes of stack that were in use since it was painted: what lies above the lowest word
/// that lost the pattern.
std::size_t stack_high_water() noexcept;

/// Whether the stack has used its last word, and so perhaps what lies below it too.
bool stack_is_exhausted() noexcept;

}  // namespace ringlet::port

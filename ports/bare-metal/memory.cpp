#include "memory.hpp"

// Symbols of sections.ld.
extern "C" {
extern std::uint32_t image_begin[], image_end[], model_begin[], model_end[], ram_begin[], bss_end[];
extern std::uint32_t stack_limit[], stack_top[];
}

namespace ringlet::port {
namespace {

constexpr std::uint32_t paint = 0xC0DEFACE;

MemoryRange range(const char* name, const std::uint32_t* begin, const std::uint32_t* end) {
  return {name, reinterpret_cast<std::uintptr_t>(begin), reinterpret_cast<std::uintptr_t>(end)};
}

}  // namespace

std::array<MemoryRange, 4> memory_map() noexcept {
  return {range("code", image_begin, image_end), range("model", model_begin, model_end),
          range("static data", ram_begin, bss_end), range("stack", stack_limit, stack_top)};
}

void paint_stack() noexcept {
  // Stops below the stack frame of this function.
  auto* const end = static_cast<std::uint32_t*>(__builtin_frame_address(0)) - 32;
  for (volatile std::uint32_t* word = stack_limit; word < end; ++word) *word = paint;
}

std::size_t stack_high_water() noexcept {
  const volatile std::uint32_t* word = stack_limit;
  while (word < stack_top && *word == paint) ++word;
  return static_cast<std::size_t>(stack_top - word) * sizeof paint;
}

bool stack_is_exhausted() noexcept {
  return *const_cast<volatile std::uint32_t*>(stack_limit) != paint;
}

}  // namespace ringlet::port

// The clock: the generic timer, which every 64-bit ARM has.
#include "board.hpp"

namespace ringlet::port {

std::uint64_t ticks() noexcept {
  std::uint64_t value = 0;
  asm volatile("isb\n mrs %0, cntvct_el0" : "=r"(value) : : "memory");
  return value;
}

std::uint64_t ticks_per_second() noexcept {
  std::uint64_t value = 0;
  asm volatile("mrs %0, cntfrq_el0" : "=r"(value));
  return value;
}

}  // namespace ringlet::port

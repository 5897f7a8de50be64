// The clock: the counter of cycles, which every RISC-V has in machine mode.
#include <cstdint>

#include "board.hpp"

extern "C" {
extern char clock_hertz[];  // from the board's linker script: its address is the frequency
}

// The instruction's extension, which every processor in machine mode has, has no name in -march of
// rv32imac: gcc 12 finds no library for it then.
#define READ(to, counter) \
  ".option push\n .option arch, +zicsr\n csrr " to ", " counter "\n .option pop\n"

namespace ringlet::port {

std::uint64_t ticks() noexcept {
#if __riscv_xlen == 64
  std::uint64_t value = 0;
  asm volatile(READ("%0", "mcycle") : "=r"(value));
  return value;
#else
  std::uint32_t high = 0, low = 0, again = 0;
  do {  // until no carry comes between
    asm volatile(READ("%0", "mcycleh") READ("%1", "mcycle") READ("%2", "mcycleh")
                 : "=&r"(high), "=&r"(low), "=&r"(again));
  } while (high != again);
  return std::uint64_t{high} << 32 | low;
#endif
}

std::uint64_t ticks_per_second() noexcept { return reinterpret_cast<std::uintptr_t>(clock_hertz); }

}  // namespace ringlet::port

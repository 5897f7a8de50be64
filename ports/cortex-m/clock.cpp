// The clock: SysTick, which every Cortex-M has. It counts down 24 bits at the processor's frequency
// and interrupts after each round.
#include <cstdint>

#include "board.hpp"

extern "C" {
extern char clock_hertz[];  // from the board's linker script: its address is the frequency
void clock_handler();
}

namespace {

constexpr std::uint32_t reload = 0x00FFFFFF;
constexpr std::uint32_t enable = 1, interrupt = 2, processor_clock = 4;

volatile std::uint32_t& systick(std::uintptr_t offset) {
  return *reinterpret_cast<volatile std::uint32_t*>(0xE000E010 + offset);
}
volatile std::uint32_t& control() { return systick(0); }
volatile std::uint32_t& current() { return systick(8); }

volatile std::uint32_t rounds = 0;

}  // namespace

[[gnu::used]] void clock_handler() { rounds = rounds + 1; }

namespace ringlet::port {

std::uint64_t ticks() noexcept {
  if ((control() & enable) == 0) {  // the first call
    systick(4) = reload;
    current() = 0;
    control() = enable | interrupt | processor_clock;
  }
  for (;;) {
    const std::uint32_t before = rounds;
    const std::uint32_t left = current();
    if (before == rounds) return std::uint64_t{before} * (reload + 1) + (reload - left);
  }
}

std::uint64_t ticks_per_second() noexcept { return reinterpret_cast<std::uintptr_t>(clock_hertz); }

}  // namespace ringlet::port

// From reset to main(): float unit, memory, constructors. No heap, no interrupts.
#include <cstddef>
#include <cstdint>

#include "semihosting.hpp"

extern "C" {
// From boards/sections.ld. Only the addresses mean anything.
extern std::uint32_t data_source[], data_begin[], data_end[], bss_begin[], bss_end[], stack_top[];
extern void (*init_array_begin[])();
extern void (*init_array_end[])();

int run_main() asm("main");  // C++ forbids to call main() by its name
void reset_handler();
void fault_handler();
[[noreturn]] void start();
[[noreturn]] void report_fault(const std::uint32_t* frame);
}

namespace {

constexpr std::size_t exceptions = 16;  // those of the processor; no device interrupts
using Handler = void (*)();

// The first word of the table is where the stack begins.
union Vector {
  const std::uint32_t* stack;
  Handler handler;
};

[[gnu::section(".vectors"), gnu::used]] const Vector vectors[exceptions] = {
    {.stack = stack_top},       {.handler = reset_handler}, {.handler = fault_handler},
    {.handler = fault_handler}, {.handler = fault_handler}, {.handler = fault_handler},
    {.handler = fault_handler}, {.handler = fault_handler}, {.handler = nullptr},
    {.handler = nullptr},       {.handler = nullptr},       {.handler = fault_handler},
    {.handler = fault_handler}, {.handler = nullptr},       {.handler = fault_handler},
    {.handler = fault_handler},
};

void write_hex(std::uint32_t value) {
  char text[9] = {};
  for (int i = 7; i >= 0; --i, value >>= 4) text[i] = "0123456789ABCDEF"[value & 15U];
  ringlet::port::write(text);
}

}  // namespace

// Naked: a compiler may use the float unit in any function, and before this one ends there is none.
// CPACR gives access to it (and to Helium, which is the same coprocessor). Numerics need rounding
// to nearest, denormals kept and IEEE halves: those bits are cleared in FPDSCR, from which every
// new context starts, and in FPSCR. The other bits stay: on Helium some of them must not be zero.
[[gnu::naked, gnu::used]] void reset_handler() {
  asm volatile(
#if __ARM_ARCH >= 8
      "ldr r0, =stack_limit\n"
      "msr msplim, r0\n"
#endif
      "ldr r0, =0xE000ED88\n"  // CPACR
      "ldr r1, [r0]\n"
      "orr r1, r1, #0x00F00000\n"
      "str r1, [r0]\n"
      "dsb\n"
      "isb\n"
      "ldr r2, =0x07C80000\n"  // AHP, DN, FZ, RMode, FZ16
      "ldr r0, =0xE000EF3C\n"  // FPDSCR
      "ldr r1, [r0]\n"
      "bic r1, r1, r2\n"
      "str r1, [r0]\n"
      "vmrs r1, fpscr\n"
      "bic r1, r1, r2\n"
      "vmsr fpscr, r1\n"
      "b start\n"
      ".ltorg\n");
}

[[gnu::used]] void start() {
  const std::uint32_t* source = data_source;
  for (std::uint32_t* to = data_begin; to != data_end; ++to) *to = *source++;
  for (std::uint32_t* to = bss_begin; to != bss_end; ++to) *to = 0;
  for (auto* construct = init_array_begin; construct != init_array_end; ++construct) (*construct)();
  ringlet::port::exit(run_main());
}

[[gnu::naked, gnu::used]] void fault_handler() {
  asm volatile(
      "mrs r0, msp\n"
      "b report_fault\n");
}

/// One line with what the manuals' chapters on faults start from; exit status 125.
[[gnu::used]] void report_fault(const std::uint32_t* frame) {
  ringlet::port::write("fault: CFSR ");
  write_hex(*reinterpret_cast<volatile std::uint32_t*>(0xE000ED28));
  ringlet::port::write(", HFSR ");
  write_hex(*reinterpret_cast<volatile std::uint32_t*>(0xE000ED2C));
  ringlet::port::write(", at ");
  write_hex(frame[6]);
  ringlet::port::write("\n");
  ringlet::port::exit(125);
}

// Vectors, reset and faults of a Cortex-M. start.cpp goes on from here.
#include <cstddef>
#include <cstdint>

#include "start.hpp"

extern "C" {
extern std::uint32_t stack_top[];  // from sections.ld

void reset_handler();
void fault_handler();
void clock_handler();  // clock.cpp
[[noreturn]] void report_frame(const std::uint32_t* frame);
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
    {.handler = clock_handler},
};

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

[[gnu::naked, gnu::used]] void fault_handler() {
  asm volatile(
      "mrs r0, msp\n"
      "b report_frame\n");
}

/// What the manuals' chapters on faults start from.
[[gnu::used]] void report_frame(const std::uint32_t* frame) {
  const ringlet::port::FaultDetail details[] = {
      {"CFSR", *reinterpret_cast<volatile std::uint32_t*>(0xE000ED28)},
      {"HFSR", *reinterpret_cast<volatile std::uint32_t*>(0xE000ED2C)},
      {"at", frame[6]}};
  ringlet::port::report_fault(details, 3);
}

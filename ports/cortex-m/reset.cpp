// Vectors, reset and faults of a Cortex-M. start.cpp goes on from here.
#include <cstddef>
#include <cstdint>

#include "start.hpp"

extern "C" {
extern std::uint32_t ram_begin[], stack_top[];  // from sections.ld

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
#if defined(__ARM_FP)
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
#endif
      "b start\n"
      ".ltorg\n");
}

[[gnu::naked, gnu::used]] void fault_handler() {
  asm volatile(
      "mrs r0, msp\n"
      "ldr r1, =stack_top\n"  // the stack that led here may have no more room
      "mov sp, r1\n"
      "b report_frame\n"
      ".ltorg\n");
}

/// What the manuals' chapters on faults start from, and a sentence for what has one cause.
[[gnu::used]] void report_frame(const std::uint32_t* frame) {
  constexpr std::uint32_t no_coprocessor = 1U << 19, stack_overflow = 1U << 20;
  const std::uint32_t cfsr = *reinterpret_cast<volatile std::uint32_t*>(0xE000ED28);
  // A stack that has left the RAM has no frame.
  const auto address = [](const std::uint32_t* p) { return reinterpret_cast<std::uintptr_t>(p); };
  constexpr std::uintptr_t frame_bytes = 8 * sizeof(std::uint32_t);
  const bool has_frame =
      address(frame) >= address(ram_begin) && address(frame) + frame_bytes <= address(stack_top);
  const ringlet::port::FaultDetail details[] = {
      {"CFSR", cfsr},
      {"HFSR", *reinterpret_cast<volatile std::uint32_t*>(0xE000ED2C)},
      {"at", has_frame ? frame[6] : 0}};
  const char* cause = nullptr;
  if ((cfsr & no_coprocessor) != 0) {
    cause =
        "the image uses a float unit (or Helium), which this processor does not have: build it "
        "for a RINGLET_MCU without one";
  }
  if ((cfsr & stack_overflow) != 0) {
    cause = "the stack is too small: give it more by stack_size in the board's linker script";
  }
  ringlet::port::report_fault(details, 3, cause);
}

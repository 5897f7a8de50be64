// Vectors, reset and faults of a Cortex-M. start.cpp continues from here.
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

constexpr std::size_t exceptions = 16;  // exceptions of the processor; no device interrupts
using Handler = void (*)();

// The first word of the table is the initial stack pointer.
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

// Naked, because a compiler can use the floating-point unit in any function, and it is disabled
// until the end of this one. CPACR enables it (and Helium, which is the same coprocessor). Numerics
// need round to nearest, denormals and IEEE halves: those bits are cleared in FPSCR and in FPDSCR,
// the initial value of every new context. The other bits stay, because on Helium some must not be
// zero.
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
      "ldr r1, =stack_top\n"  // the stack of the fault may have no room left
      "mov sp, r1\n"
      "b report_frame\n"
      ".ltorg\n");
}

/// Reports the registers that the fault chapters of the manuals start from, and a sentence if there
/// is only one possible cause.
[[gnu::used]] void report_frame(const std::uint32_t* frame) {
  constexpr std::uint32_t no_coprocessor = 1U << 19, stack_overflow = 1U << 20;
  const std::uint32_t cfsr = *reinterpret_cast<volatile std::uint32_t*>(0xE000ED28);
  // A stack pointer outside the RAM has no frame.
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

// Reports the traps of reset.S.
#include <cstdint>

#include "start.hpp"

namespace {

/// The extensions that the processor says it has: bit n is the letter A + n. 0 if it does not say.
std::uintptr_t extensions() {
  std::uintptr_t value = 0;
  asm volatile("csrr %0, misa" : "=r"(value));
  return value;
}

/// Whether the image was compiled for an extension that the processor lacks.
[[maybe_unused]] bool lacks(char extension) {
  const std::uintptr_t all = extensions();
  return all != 0 && (all >> (extension - 'A') & 1) == 0;
}

const char* cause_of(std::uintptr_t cause) {
  constexpr std::uintptr_t illegal_instruction = 2;
  if (cause != illegal_instruction) return nullptr;
#if defined(__riscv_flen)
  if (lacks('F')) {
    return "the image uses a float unit, which this processor does not have: build it for a "
           "RINGLET_MCU without one";
  }
#endif
#if defined(__riscv_v)
  if (lacks('V')) {
    return "the image uses vectors, which this processor does not have: build it for a RINGLET_MCU "
           "without them";
  }
#endif
  return nullptr;
}

}  // namespace

extern "C" [[noreturn, gnu::used]] void report_trap(std::uintptr_t cause, std::uintptr_t address,
                                                    std::uintptr_t value) {
  const ringlet::port::FaultDetail details[] = {
      {"MCAUSE", cause}, {"MTVAL", value}, {"at", address}};
  ringlet::port::report_fault(details, 3, cause_of(cause));
}

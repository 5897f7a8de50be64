// The path from a processor's reset to main(), and the report of faults.
#pragma once

#include <cstdint>

extern "C" {

/// Initializes memory, paints the stack, runs constructors and main(), and exits with its return
/// value. Reset handlers end by calling this, with the stack pointer and floating-point unit set
/// up.
[[noreturn, gnu::used]] void start();
}

namespace ringlet::port {

/// One number in a fault report.
struct FaultDetail {
  const char* name;
  std::uint64_t value;
};

/// Prints one line with the cause and the details in hexadecimal, and exits with status 125.
/// `cause` is a sentence; if it is null, the function checks whether the stack is exhausted.
[[noreturn]] void report_fault(const FaultDetail* details, std::uint32_t count,
                               const char* cause = nullptr) noexcept;

}  // namespace ringlet::port

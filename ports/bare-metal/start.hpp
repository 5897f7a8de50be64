// The way from a processor's reset to main(), and the way out when something goes wrong.
#pragma once

#include <cstdint>

extern "C" {

/// Fills memory, paints the stack, runs constructors and main(), and exits with what main()
/// returned. A reset handler ends here, with the stack pointer and the float unit set up.
[[noreturn, gnu::used]] void start();
}

namespace ringlet::port {

/// One number of a fault report.
struct FaultDetail {
  const char* name;
  std::uint64_t value;
};

/// Prints one line with the details in hexadecimal, what is known about the cause, and exits with
/// status 125. `cause` is a sentence; when it is null, the function looks whether the stack is
/// exhausted.
[[noreturn]] void report_fault(const FaultDetail* details, std::uint32_t count,
                               const char* cause = nullptr) noexcept;

}  // namespace ringlet::port

// The way from a processor's reset to main(), and the way out when something goes wrong.
#pragma once

#include <cstdint>

extern "C" {

/// Fills memory, paints the stack, runs constructors and main(), and exits with what main()
/// returned. A reset handler ends here, with the stack pointer and the float unit set up.
[[noreturn]] void start();
}

namespace ringlet::port {

/// One number of a fault report.
struct FaultDetail {
  const char* name;
  std::uint64_t value;
};

/// Prints one line with the details in hexadecimal and exits with status 125.
[[noreturn]] void report_fault(const FaultDetail* details, std::uint32_t count) noexcept;

}  // namespace ringlet::port

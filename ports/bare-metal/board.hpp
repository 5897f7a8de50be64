// The services of a board for a program without an operating system.
#pragma once

#include <cstdint>

namespace ringlet::port {

/// Writes text to the console.
void write(const char* text) noexcept;

/// Waits for a byte of the console and returns it, or -1 at the end of the input, which a serial
/// line need not have. Only images that take input call this.
std::int32_t read() noexcept;

/// Ends the program. Under an emulator or debugger, `status` becomes its exit status.
[[noreturn]] void exit(std::int32_t status) noexcept;

/// A monotonic clock, in ticks since an arbitrary moment. Call it at least once in 2^48 ticks.
std::uint64_t ticks() noexcept;

/// Frequency of the clock.
std::uint64_t ticks_per_second() noexcept;

}  // namespace ringlet::port

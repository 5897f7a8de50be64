// What a board gives to a program that has no operating system.
#pragma once

#include <cstdint>

namespace ringlet::port {

/// Writes a text to the console.
void write(const char* text) noexcept;

/// Ends the run. Under an emulator or a debugger `status` becomes its exit status.
[[noreturn]] void exit(std::int32_t status) noexcept;

/// A clock that only goes forward, in ticks since some moment; call it at least once in 2^48 ticks.
std::uint64_t ticks() noexcept;

/// How fast it goes.
std::uint64_t ticks_per_second() noexcept;

}  // namespace ringlet::port

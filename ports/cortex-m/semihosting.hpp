// Console and exit of an image that runs under an emulator or a debugger: Arm semihosting.
#pragma once

#include <cstdint>

namespace ringlet::port {

/// Writes a text to the host's console.
void write(const char* text) noexcept;

/// Ends the run; the emulator exits with `status`.
[[noreturn]] void exit(std::int32_t status) noexcept;

}  // namespace ringlet::port

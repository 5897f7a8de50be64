// Output to people and pipes: unbuffered writes, colors, interruption. Nothing here uses the heap,
// so it can run during generation.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "clock.hpp"

namespace ringlet::port {

/// Writes everything to a file descriptor. Returns false with errno on failure.
[[nodiscard]] bool write_all(int descriptor, std::string_view text) noexcept;

/// Reads the available bytes, waiting for at least one. Returns 0 at the end, and -1 with errno on
/// failure or if InterruptWatch has recorded a signal.
[[nodiscard]] ssize_t read_some(int descriptor, std::span<char> out) noexcept;

[[nodiscard]] bool is_terminal(int descriptor) noexcept;

/// Whether to use colors: the descriptor is a terminal that is not "dumb", and NO_COLOR
/// (no-color.org) is not set.
[[nodiscard]] bool wants_color(int descriptor) noexcept;

/// While one of these exists, the first Ctrl-C (SIGINT), SIGTERM or SIGHUP is recorded and does not
/// end the program; a second one does. A signal that was ignored when the program started stays
/// ignored, as `nohup` and shells expect.
class InterruptWatch {
 public:
  InterruptWatch() noexcept;
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch();

  /// The number of the signal that arrived, or 0.
  [[nodiscard]] static int signal() noexcept;

  /// Whether the signal asks the program to end, not just its current work (Ctrl-C).
  [[nodiscard]] static bool ends_program() noexcept;
};

/// Opens those of standard input, output and error that are closed, so that no other file gets
/// their numbers and receives messages meant for them. Reading and writing them still fails. Call
/// it before opening anything.
void occupy_standard_descriptors() noexcept;

/// Makes a write to a pipe without a reader fail with EPIPE instead of ending the program by a
/// signal.
void report_broken_pipes() noexcept;

}  // namespace ringlet::port

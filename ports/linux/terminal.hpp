// Writing to people and to pipes: unbuffered output, colours, progress, interruption. Nothing here
// uses the heap, so all of it may run while tokens are generated.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace ringlet::port {

/// Nanoseconds of the monotonic clock.
[[nodiscard]] std::uint64_t now_nanoseconds() noexcept;

/// Writes everything to a file descriptor; false with errno set when that fails.
[[nodiscard]] bool write_all(int descriptor, std::string_view text) noexcept;

/// Reads what there is, waiting for at least one byte; 0 at the end, -1 with errno set when it
/// fails or InterruptWatch has noted a signal.
[[nodiscard]] ssize_t read_some(int descriptor, std::span<char> out) noexcept;

[[nodiscard]] bool is_terminal(int descriptor) noexcept;

/// Whether colours are welcome there: a terminal that is not "dumb", and NO_COLOR (no-color.org) is
/// not set in the environment.
[[nodiscard]] bool wants_color(int descriptor) noexcept;

/// A bar on the terminal behind standard error for what takes longer than a second; silent
/// elsewhere.
class ProgressBar {
 public:
  /// `label` must outlive the bar. A bar that is not `enabled` never draws.
  ProgressBar(std::string_view label, bool enabled) noexcept;
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  /// Draws at most ten times a second, starting a second after construction.
  void update(std::uint64_t done, std::uint64_t total) noexcept;

  /// Removes the bar from the screen; the next update may draw it again.
  void clear() noexcept;

 private:
  std::string_view label_;
  std::uint64_t started_;
  std::uint64_t drawn_at_ = 0;
  bool enabled_;
  bool visible_ = false;
};

/// While one of these exists, the first Ctrl-C (SIGINT), SIGTERM or SIGHUP is noted instead of
/// ending the program; a second one ends it as usual. A signal that was ignored when the program
/// started stays ignored, as `nohup` and shells expect.
class InterruptWatch {
 public:
  InterruptWatch() noexcept;
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch();

  /// The number of the signal that arrived, or 0.
  [[nodiscard]] static int signal() noexcept;

  /// Whether it was one that asks the program to end, and not only what it does (Ctrl-C).
  [[nodiscard]] static bool ends_program() noexcept;
};

/// Opens what of standard input, output and error is closed, so that no other file gets their
/// numbers and the messages that go there. Reading and writing them fails as before. Call it before
/// anything is opened.
void occupy_standard_descriptors() noexcept;

/// Lets a write to a pipe without a reader fail with EPIPE instead of ending the program by a
/// signal.
void report_broken_pipes() noexcept;

}  // namespace ringlet::port

// A progress bar on a terminal.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringlet::common {

/// Draws a bar on standard error if it is a terminal and the work takes longer than a second. Uses
/// no heap, so that it can be drawn during generation.
class ProgressBar {
 public:
  /// `label` must outlive the bar. A bar that is not `enabled` never draws.
  ProgressBar(std::string_view label, bool enabled) noexcept;
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  /// Draws at most ten times a second, starting one second after construction. The name of the
  /// current item follows the bar if there is room, with '?' for everything except printable ASCII.
  void update(std::uint64_t done, std::uint64_t total, std::string_view item = {}) noexcept;

  /// Removes the bar from the screen. The next update can draw it again.
  void clear() noexcept;

 private:
  std::string_view label_;
  std::uint64_t started_;
  std::uint64_t drawn_at_ = 0;
  bool enabled_;
  bool visible_ = false;
};

}  // namespace ringlet::common

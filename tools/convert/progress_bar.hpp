// A line on a terminal that says how far a long piece of work is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ringlet::convert {

/// Draws on standard error when that is a terminal, and only once the work has taken a second.
class ProgressBar {
 public:
  /// A disabled bar never draws.
  explicit ProgressBar(bool enabled);
  ~ProgressBar() { erase(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `done` of `total` weights; the rate since construction goes with it.
  void show(std::uint64_t done, std::uint64_t total, const std::string& what);

  /// Clears the line, so that other text can be printed.
  void erase();

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  bool drawn_ = false;
  Clock::time_point started_;
  Clock::time_point next_draw_;
};

}  // namespace ringlet::convert

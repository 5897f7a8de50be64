// Quantiles of durations in constant memory.
#pragma once

#include <array>
#include <cstdint>

namespace ringlet::port {

/// Counts durations in logarithmic buckets, eight per octave, so that quantiles are accurate to 6 %
/// after any number of durations (the scheme of HdrHistogram).
class LatencyHistogram {
 public:
  void add(std::uint64_t nanoseconds) noexcept;

  /// Adds all durations of another histogram.
  void add(const LatencyHistogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// Returns the duration in nanoseconds that a fraction `q` of all durations does not exceed, as
  /// the middle of its bucket; 0 if there are none.
  [[nodiscard]] std::uint64_t quantile(double q) const noexcept;

 private:
  static constexpr unsigned sub_bits = 3;
  static constexpr unsigned subs = 1U << sub_bits;
  static constexpr unsigned buckets = (64 - sub_bits + 1) * subs;

  static unsigned bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t middle_of(unsigned bucket) noexcept;

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace ringlet::port

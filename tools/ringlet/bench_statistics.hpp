// What `ringlet bench` makes of the times of its repetitions.
#pragma once

#include <cstdint>
#include <vector>

namespace ringlet::cli {

/// A quantity over the repetitions, such as tokens per second.
struct Rate {
  double median = 0;
  double minimum = 0;
  double maximum = 0;
};

/// Latency quantiles in seconds: half of all take at most p50, 99 in 100 at most p99.
struct Latency {
  double p50 = 0;
  double p99 = 0;
};

[[nodiscard]] double per_second(std::uint64_t tokens, std::uint64_t nanoseconds);

/// Requires at least one value, as the next two do.
[[nodiscard]] Rate summarize(std::vector<double> values);

[[nodiscard]] Latency latency_of(std::vector<double> seconds);

/// The fastest repetition of each of `tokens` tokens, whose times follow one another.
[[nodiscard]] std::vector<double> fastest(const std::vector<double>& seconds, std::size_t tokens);

}  // namespace ringlet::cli

#include "bench_statistics.hpp"

#include <algorithm>

namespace ringlet::cli {

double per_second(std::uint64_t tokens, std::uint64_t nanoseconds) {
  return static_cast<double>(tokens) * 1e9 /
         static_cast<double>(std::max<std::uint64_t>(nanoseconds, 1));
}

Rate summarize(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return {.median = (values[(n - 1) / 2] + values[n / 2]) / 2,
          .minimum = values.front(),
          .maximum = values.back()};
}

Latency latency_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const auto quantile = [&seconds](double q) {
    return seconds[static_cast<std::size_t>(q * static_cast<double>(seconds.size() - 1))];
  };
  return {quantile(0.5), quantile(0.99)};
}

std::vector<double> fastest(const std::vector<double>& seconds, std::size_t tokens) {
  std::vector<double> result(seconds.begin(),
                             seconds.begin() + static_cast<std::ptrdiff_t>(tokens));
  for (std::size_t i = tokens; i < seconds.size(); ++i) {
    result[i % tokens] = std::min(result[i % tokens], seconds[i]);
  }
  return result;
}

}  // namespace ringlet::cli

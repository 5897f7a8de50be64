#include "common/format_values.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace ringlet::common {

std::string plural(std::uint64_t count, const char* noun) {
  return count == 1 ? noun : std::string(noun) + "s";
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + plural(bytes, " byte");
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit < 3; ++unit) value /= 1024;
  return format("%.1f %s", value, units[unit]);
}

// NOLINTNEXTLINE(cert-dcl50-cpp): printf suits tables of aligned columns
std::string format(const char* pattern, ...) {
  std::va_list arguments;
  va_start(arguments, pattern);
  char buffer[1024];
  const int size = std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
  va_end(arguments);
  if (size < 0) return {};
  return {buffer, std::min(static_cast<std::size_t>(size), sizeof buffer - 1)};
}

std::string rate(std::uint64_t tokens, std::uint64_t nanoseconds) {
  if (tokens == 0 || nanoseconds == 0) return "";
  return format(" at %.1f tok/s",
                static_cast<double>(tokens) * 1e9 / static_cast<double>(nanoseconds));
}

}  // namespace ringlet::common

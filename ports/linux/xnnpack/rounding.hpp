// Rounding of sizes to whole units.
#pragma once

#include <cstdint>

namespace ringlet::port {

/// Returns the smallest multiple of `unit` that is at least n.
[[nodiscard]] constexpr std::uint64_t rounded_up(std::uint64_t n, std::uint64_t unit) {
  return (n + unit - 1) / unit * unit;
}

/// Rounds bytes up to whole cache lines, the alignment of the library and of this port.
[[nodiscard]] constexpr std::uint64_t in_lines(std::uint64_t bytes) {
  return rounded_up(bytes, 64);
}

}  // namespace ringlet::port

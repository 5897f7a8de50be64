// Sizes in whole units.
#pragma once

#include <cstdint>

namespace ringlet::port {

/// The smallest multiple of `unit` that is not below n.
[[nodiscard]] constexpr std::uint64_t rounded_up(std::uint64_t n, std::uint64_t unit) {
  return (n + unit - 1) / unit * unit;
}

/// Bytes in whole cache lines, to which the library and we align.
[[nodiscard]] constexpr std::uint64_t in_lines(std::uint64_t bytes) {
  return rounded_up(bytes, 64);
}

}  // namespace ringlet::port

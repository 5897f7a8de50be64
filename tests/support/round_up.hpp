// Sizes rounded to whole units.
#pragma once

#include <cstddef>

namespace ringlet::test {

/// The least multiple of `unit` that is no less than `value`.
constexpr std::size_t round_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace ringlet::test

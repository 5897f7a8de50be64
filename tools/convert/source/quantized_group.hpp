// One group of weights as stored in INT4 and INT8 matrices.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/packed_layout.hpp"

namespace ringlet::convert {

/// The stored form of a group: weight i is scale · codes[i].
struct QuantizedGroup {
  std::uint16_t scale = 0;  // fp16: zero, or at least 2^-14 in magnitude
  std::array<std::int8_t, packed::group_size> codes{};
  double squared_error = 0;   // Σ (w − scale · code)²
  double weighted_error = 0;  // Σ importance · (w − scale · code)²
};

}  // namespace ringlet::convert

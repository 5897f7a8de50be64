// One group of weights to INT4 or INT8 codes and a scale, with the smallest squared error that a
// search finds. The error is always that of the stored numbers: the scale has been rounded to fp16
// before.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernels/packed_layout.hpp"
#include "numerics/half.hpp"

namespace ringlet::convert {

using GroupWeights = std::span<const float, packed::group_size>;

/// How much the squared error of each weight of a group counts.
using GroupImportance = std::span<const float, packed::group_size>;

inline constexpr auto equal_importance = [] {
  std::array<float, packed::group_size> ones{};
  ones.fill(1.0F);
  return ones;
}();

/// The stored form of a group: weight i is scale · codes[i].
struct QuantizedGroup {
  std::uint16_t scale = 0;  // fp16: zero, or at least 2^-14 in magnitude
  std::array<std::int8_t, packed::group_size> codes{};
  double squared_error = 0;   // Σ (w − scale · code)²
  double weighted_error = 0;  // Σ importance · (w − scale · code)²
};

/// The largest magnitudes that a format can hold; the quantizers saturate beyond, so callers check.
inline constexpr float largest_int4_weight = 7 * 65504.0F;
inline constexpr float largest_int8_weight = 127 * 65504.0F;

/// Codes in −8…7. The scale may be negative: codes reach −8 but only +7, so a group whose extreme
/// is positive gains an eighth of range from the sign. At least as good as each of the usual rules
/// (scale = amax/7; amax/8 with the sign that gives the extreme the code −8), and exact where the
/// weights already lie on an INT4 lattice with an fp16 scale; all by the weighted error. All
/// weights must be finite. Deterministic.
QuantizedGroup quantize_int4(GroupWeights weights, GroupImportance importance = equal_importance);

/// Codes in −127…127, never −128. At least as good as scale = amax/127; keeps the codes of a source
/// that was INT8 already, whatever its scale was. All weights must be finite. Deterministic.
QuantizedGroup quantize_int8(GroupWeights weights);

}  // namespace ringlet::convert

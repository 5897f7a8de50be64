// Quantizes one group of weights to INT4 or INT8 codes and a scale, with the smallest squared error
// that a search finds. The error is always that of the stored numbers, after the scale has been
// rounded to fp16.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernels/packed_layout.hpp"
#include "source/quantized_group.hpp"

namespace ringlet::convert {

using GroupWeights = std::span<const float, packed::group_size>;

/// Weight of each element's squared error in a group.
using GroupImportance = std::span<const float, packed::group_size>;

inline constexpr auto equal_importance = [] {
  std::array<float, packed::group_size> ones{};
  ones.fill(1.0F);
  return ones;
}();

/// The largest magnitudes that a format can hold. The quantizers saturate beyond, so callers must
/// check.
inline constexpr float largest_int4_weight = 7 * 65504.0F;
inline constexpr float largest_int8_weight = 127 * 65504.0F;

/// Codes in −8…7. The scale can be negative: codes reach −8 but only +7, so a group whose extreme
/// is positive gains an eighth of range from the sign. The weighted error is at most that of each
/// usual rule (scale = amax/7; amax/8 with the sign that gives the extreme the code −8), and zero
/// if the weights already form an INT4 lattice with an fp16 scale. All weights must be finite.
/// Deterministic.
QuantizedGroup quantize_int4(GroupWeights weights, GroupImportance importance = equal_importance);

/// Codes in −127…127, never −128. The error is at most that of scale = amax/127. Keeps the codes of
/// a source that was already INT8, whatever its scale. All weights must be finite. Deterministic.
QuantizedGroup quantize_int8(GroupWeights weights);

}  // namespace ringlet::convert

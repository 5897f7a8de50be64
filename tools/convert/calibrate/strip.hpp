// Up to 64 rows of a matrix while they are calibrated: one lane for each, one block of columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calibrate/panel_product.hpp"

namespace ringlet::convert {

/// Columns are in the order of an Objective. Lanes without a row are zero.
struct Strip {
  explicit Strip(std::size_t columns, std::size_t groups)
      : target(columns * panel_lanes),
        stored(columns * panel_lanes),
        codes(columns * panel_lanes),
        scales(groups * panel_lanes) {}

  std::vector<float> target;       // W'
  std::vector<float> stored;       // Ŵ, the rounded weights: scale · code
  std::vector<std::int8_t> codes;  // −8…7
  std::vector<float> scales;       // of each group, in the order of groups; each an fp16
};

/// The code nearest to a weight; 0 for a scale of 0.
[[nodiscard]] inline std::int8_t nearest_code(float weight, float scale) {
  constexpr float magic = 12582912.0F;  // 1.5 · 2^23 rounds to nearest even
  if (scale == 0) return 0;
  const float ratio = weight / scale;
  const float limited = ratio < -8.0F ? -8.0F : ratio > 7.0F ? 7.0F : ratio;
  return static_cast<std::int8_t>((limited + magic) - magic);
}

}  // namespace ringlet::convert

// Converts one row of a packed matrix to floats for Helium. Four codes of a row are adjacent, and
// the load widens them.
#pragma once

#include "kernels/as_built.hpp"
#include "kernels/helium/vector.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/half.hpp"

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// A whole INT4 group of one row. `codes` is its first word; the words are 16 bytes apart.
inline void dequantize_int4(const std::uint8_t* codes, float scale, float* y) {
  const auto store = [scale](float* to, uint32x4_t nibbles) {
    const int32x4_t code = vsubq_n_s32(vreinterpretq_s32_u32(nibbles), packed::int4_zero_code);
    vstrwq_f32(to, vmulq_n_f32(vcvtq_f32_s32(code), scale));
  };
  for (std::size_t i = 0; i < 4; ++i) {
    const uint32x4_t bytes = vldrbq_u32(codes + 16 * i);
    store(y + 4 * i, vandq_u32(bytes, vdupq_n_u32(15)));
    store(y + 16 + 4 * i, vshrq_n_u32(bytes, 4));
  }
}

/// A whole INT8 group of one row.
inline void dequantize_int8(const std::uint8_t* codes, float scale, float* y) {
  for (std::size_t i = 0; i < 8; ++i) {
    const int32x4_t code = vldrbq_s32(reinterpret_cast<const std::int8_t*>(codes) + 16 * i);
    vstrwq_f32(y + 4 * i, vmulq_n_f32(vcvtq_f32_s32(code), scale));
  }
}

/// Rows of floats and halves are left to the scalar kernel.
void dequantize_row(const PackedMatrix& matrix, std::size_t row, float* y) {
  if (is_float(matrix.format)) {
    scalar::dequantize_row(matrix, row, y);
    return;
  }
  const bool int4 = matrix.format == MatrixFormat::int4;
  const std::size_t groups = packed::groups(std::size_t{matrix.columns});
  const std::size_t r = row % packed::panel_rows;
  float last[packed::group_size];  // for a row that ends within a group
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t rest = matrix.columns - g * packed::group_size;
    float* out = rest < packed::group_size ? last : y + g * packed::group_size;
    const std::size_t block = packed::block(row / packed::panel_rows, g, groups);
    const float scale = half_to_float(matrix.scales[packed::scale_index(row, g, groups)]);
    if (int4) {
      const std::size_t first = block * packed::int4_panel_bytes + packed::int4_byte(r, 0);
      dequantize_int4(matrix.codes + first, scale, out);
    } else {
      const std::size_t first = block * packed::int8_panel_bytes + packed::int8_byte(r, 0);
      dequantize_int8(matrix.codes + first, scale, out);
    }
    for (std::size_t i = 0; out == last && i < rest; ++i) y[g * packed::group_size + i] = last[i];
  }
}

}  // namespace
}  // namespace ringlet::helium

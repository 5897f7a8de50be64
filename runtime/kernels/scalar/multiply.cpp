// Products of a packed matrix and vectors. Integer dot products of a group are exact. Floats are
// added in the order of the groups, one row at a time, so the result depends neither on how rows
// are divided nor on how many tokens are processed together.
#include "kernels/as_built.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::scalar {
namespace {

using packed::group_size;
using packed::panel_rows;

/// The dot products of the 16 rows of a panel and one group of activations.
struct PanelDots {
  std::int32_t row[panel_rows];
};

PanelDots dot_int4(const std::uint8_t* codes, const std::int8_t* x, std::int32_t offset) {
  PanelDots dots;
  for (std::size_t r = 0; r < panel_rows; ++r) {
    std::int32_t sum = offset;  // −8·Σx, because codes are stored plus 8
    for (std::size_t kk = 0; kk < group_size / 2; ++kk) {
      const std::uint8_t byte = codes[packed::int4_byte(r, kk)];
      sum += (byte & 15) * x[kk] + (byte >> 4) * x[kk + group_size / 2];
    }
    dots.row[r] = sum;
  }
  return dots;
}

PanelDots dot_int8(const std::uint8_t* codes, const std::int8_t* x) {
  PanelDots dots;
  for (std::size_t r = 0; r < panel_rows; ++r) {
    std::int32_t sum = 0;
    for (std::size_t kk = 0; kk < group_size; ++kk) {
      sum += static_cast<std::int8_t>(codes[packed::int8_byte(r, kk)]) * x[kk];
    }
    dots.row[r] = sum;
  }
  return dots;
}

/// One panel of 16 rows times one vector.
void multiply_panel(const PackedMatrix& matrix, const QuantizedVector& x, std::size_t panel,
                    float* y) {
  const std::size_t group_count = packed::groups(matrix.columns);
  float sum[panel_rows] = {};
  for (std::size_t g = 0; g < group_count; ++g) {
    const std::size_t block = packed::block(panel, g, group_count);
    const std::int8_t* codes = x.codes + g * group_size;
    const PanelDots dots =
        matrix.format == MatrixFormat::int4
            ? dot_int4(matrix.codes + block * packed::int4_panel_bytes, codes, x.offsets[g])
            : dot_int8(matrix.codes + block * packed::int8_panel_bytes, codes);
    const std::uint16_t* scales = matrix.scales + block * panel_rows;
    for (std::size_t r = 0; r < panel_rows; ++r) {
      const float scale = half_to_float(scales[r]) * x.scales[g];
      sum[r] = fused_multiply_add(static_cast<float>(dots.row[r]), scale, sum[r]);
    }
  }
  for (std::size_t r = 0; r < panel_rows; ++r) y[r] = sum[r];
}

float dot_row(const PackedMatrix& matrix, std::size_t row, const float* x) {
  const std::size_t first = row * matrix.columns;
  if (matrix.format == MatrixFormat::f16) {
    const std::uint16_t* halves = reinterpret_cast<const std::uint16_t*>(matrix.codes) + first;
    return canonical_dot(x, matrix.columns,
                         [halves](std::size_t k) { return half_to_float(halves[k]); });
  }
  const float* floats = reinterpret_cast<const float*>(matrix.codes) + first;
  return canonical_dot(x, matrix.columns, [floats](std::size_t k) { return floats[k]; });
}

void multiply_floats(const PackedMatrix& matrix, const float* x, float* y, std::size_t row_begin,
                     std::size_t row_end) {
  for (std::size_t n = row_begin; n < row_end; ++n) y[n] = dot_row(matrix, n, x);
  if (row_end != matrix.rows) return;
  for (std::size_t n = row_end; n < packed::padded_rows(matrix.rows); ++n) y[n] = 0;
}

}  // namespace

void quantize(const float* x, std::size_t columns, const QuantizedVector& out) {
  for (std::size_t g = 0; g < packed::groups(columns); ++g) {
    const std::size_t begin = g * group_size;
    const std::size_t filled = columns - begin < group_size ? columns - begin : group_size;
    float maximum = 0;
    for (std::size_t i = 0; i < filled; ++i) {
      const float value = magnitude(x[begin + i]);
      maximum = value > maximum ? value : maximum;
    }
    const bool zero = !(maximum >= smallest_group_maximum);
    const float inverse = zero ? 0.0F : 127.0F / maximum;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < group_size; ++i) {
      const std::int8_t code =
          i < filled && !zero ? to_int8(x[begin + i] * inverse) : std::int8_t{0};
      out.codes[begin + i] = code;
      sum += code;
    }
    out.scales[g] = zero ? 0.0F : maximum / 127.0F;
    out.offsets[g] = -8 * sum;
  }
}

void multiply(const PackedMatrix& matrix, const Activations& x, float* y, std::size_t y_stride,
              std::size_t row_begin, std::size_t row_end) {
  for (std::size_t t = 0; t < x.tokens; ++t) {
    if (is_float(matrix.format)) {
      multiply_floats(matrix, x.floats + t * x.float_stride, y + t * y_stride, row_begin, row_end);
      continue;
    }
    const QuantizedVector vector = {x.quantized.codes + t * x.code_stride,
                                    x.quantized.scales + t * x.group_stride,
                                    x.quantized.offsets + t * x.group_stride};
    for (std::size_t p = row_begin / panel_rows; p < packed::panels(row_end); ++p) {
      multiply_panel(matrix, vector, p, y + t * y_stride + p * panel_rows);
    }
  }
}

void dequantize_row(const PackedMatrix& matrix, std::size_t row, float* y) {
  if (is_f32(matrix.format)) {
    const float* weights = reinterpret_cast<const float*>(matrix.codes) + row * matrix.columns;
    for (std::size_t k = 0; k < matrix.columns; ++k) y[k] = weights[k];
    return;
  }
  if (is_f16(matrix.format)) {
    const auto* weights =
        reinterpret_cast<const std::uint16_t*>(matrix.codes) + row * matrix.columns;
    for (std::size_t k = 0; k < matrix.columns; ++k) y[k] = half_to_float(weights[k]);
    return;
  }
  const bool int4 = matrix.format == MatrixFormat::int4;
  const std::size_t group_count = packed::groups(matrix.columns);
  const std::size_t r = row % panel_rows;
  for (std::size_t k = 0; k < matrix.columns; ++k) {
    const std::size_t kk = k % group_size;
    const std::size_t block = packed::block(row / panel_rows, k / group_size, group_count);
    std::int32_t code = 0;
    if (int4) {
      const std::uint8_t byte =
          matrix.codes[block * packed::int4_panel_bytes + packed::int4_byte(r, kk)];
      code = (kk < 16 ? byte & 15 : byte >> 4) - packed::int4_zero_code;
    } else {
      code = static_cast<std::int8_t>(
          matrix.codes[block * packed::int8_panel_bytes + packed::int8_byte(r, kk)]);
    }
    y[k] = static_cast<float>(code) * half_to_float(matrix.scales[block * panel_rows + r]);
  }
}

}  // namespace ringlet::scalar

#include "calibrate/float_product.hpp"

#include <algorithm>
#include <array>

#include "calibrate/panel_product.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t column_block = 256;
constexpr std::size_t row_block = 64;

using Sums = std::array<float, row_block * panel_lanes>;

/// Some columns of up to 64 tokens, which become lanes.
void load_lanes(const Activations& x, std::size_t token, std::size_t column, std::size_t columns,
                float* panel) {
  const std::size_t tokens = std::min<std::size_t>(panel_lanes, x.tokens - token);
  std::fill_n(panel, columns * panel_lanes, 0.0F);
  for (std::size_t t = 0; t < tokens; ++t) {
    const float* row = x.floats + (token + t) * x.float_stride + column;
    for (std::size_t k = 0; k < columns; ++k) panel[k * panel_lanes + t] = row[k];
  }
}

void multiply_block(const PackedMatrix& matrix, const Activations& x, std::size_t token,
                    std::size_t row, std::size_t rows, Sums& sums) {
  const auto* weights = reinterpret_cast<const float*>(matrix.codes);
  alignas(64) std::array<float, column_block * panel_lanes> panel;
  sums.fill(0);
  for (std::size_t column = 0; column < matrix.columns; column += column_block) {
    const std::size_t columns = std::min(column_block, matrix.columns - column);
    load_lanes(x, token, column, columns, panel.data());
    add_product(
        MatrixPart<float>{weights + row * matrix.columns + column, matrix.columns, rows, columns},
        panel.data(), sums.data());
  }
}

}  // namespace

void multiply_blocked(const PackedMatrix& matrix, const Activations& x, float* y,
                      std::size_t y_stride, std::size_t row_begin, std::size_t row_end) {
  alignas(64) Sums sums;
  const std::size_t padded_end = packed::padded_rows(row_end);
  for (std::size_t row = row_begin; row < row_end; row += row_block) {
    const std::size_t rows = std::min(row_block, row_end - row);
    const std::size_t written = std::min(row_block, padded_end - row);
    for (std::size_t token = 0; token < x.tokens; token += panel_lanes) {
      multiply_block(matrix, x, token, row, rows, sums);
      const std::size_t tokens = std::min<std::size_t>(panel_lanes, x.tokens - token);
      for (std::size_t t = 0; t < tokens; ++t) {
        float* out = y + (token + t) * y_stride + row;
        for (std::size_t j = 0; j < written; ++j) {
          out[j] = j < rows ? sums[j * panel_lanes + t] : 0.0F;
        }
      }
    }
  }
}

}  // namespace ringlet::convert

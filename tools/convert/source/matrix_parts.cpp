#include "source/matrix_parts.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "source/tensor_store.hpp"

namespace ringlet::convert {

SourceMatrix rows_of(const SourceMatrix& matrix, std::uint32_t first, std::uint32_t rows) {
  SourceMatrix part = select_rows(matrix, rows, [first](std::uint32_t row) { return first + row; });
  part.name += " rows " + std::to_string(first) + "-" + std::to_string(first + rows - 1);
  return part;
}

SourceVector part_of(const SourceVector& vector, std::uint32_t first, std::uint32_t length) {
  const auto part = std::span(vector.values).subspan(first, length);
  return {.name = vector.name, .values = {part.begin(), part.end()}};
}

SourceMatrix pad_head_rows(SourceMatrix matrix, std::uint32_t stored, std::uint32_t padded) {
  matrix.rows = matrix.rows / stored * padded;
  matrix.read_row = [read = std::move(matrix.read_row), stored, padded](std::uint32_t row,
                                                                        std::span<float> out) {
    if (row % padded < stored) return read(row / padded * stored + row % padded, out);
    std::fill(out.begin(), out.end(), 0.0F);
  };
  matrix.stored_as.reset();
  matrix.read_group = {};
  return matrix;
}

SourceMatrix pad_head_columns(SourceMatrix matrix, std::uint32_t stored, std::uint32_t padded) {
  const std::uint32_t columns = matrix.columns;
  matrix.columns = columns / stored * padded;
  matrix.read_row = [read = std::move(matrix.read_row), columns, stored, padded](
                        std::uint32_t row, std::span<float> out) {
    std::vector<float> source(columns);
    read(row, source);
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::uint32_t i = 0; i < columns; ++i) out[i / stored * padded + i % stored] = source[i];
  };
  matrix.stored_as.reset();
  matrix.read_group = {};
  return matrix;
}

}  // namespace ringlet::convert

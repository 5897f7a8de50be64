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

SourceMatrix stacked(SourceMatrix first, SourceMatrix second) {
  SourceMatrix both{.name = first.name + " and " + second.name,
                    .rows = first.rows + second.rows,
                    .columns = first.columns,
                    .read_row = {}};
  both.read_row = [rows = first.rows, above = std::move(first.read_row),
                   below = std::move(second.read_row)](std::uint32_t row, std::span<float> out) {
    return row < rows ? above(row, out) : below(row - rows, out);
  };
  return both;
}

SourceMatrix select_columns(SourceMatrix matrix,
                            const std::function<std::uint32_t(std::uint32_t)>& source_column) {
  matrix.read_row = [read = std::move(matrix.read_row), source_column](std::uint32_t row,
                                                                       std::span<float> out) {
    std::vector<float> source(out.size());
    read(row, source);
    for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = source[source_column(i)];
  };
  matrix.stored_as.reset();
  matrix.read_group = {};
  return matrix;
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

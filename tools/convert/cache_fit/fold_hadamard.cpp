#include "cache_fit/fold_hadamard.hpp"

#include <memory>
#include <utility>

#include "numerics/hadamard.hpp"

namespace ringlet::convert {
namespace {

/// The rows of one head after the transform.
struct TransformedHead {
  std::uint32_t head = UINT32_MAX;  // none yet
  std::vector<float> rows;          // head_dim × columns
};

void transform_columns_of(std::vector<float>& rows, std::uint32_t head_dim, std::uint32_t columns) {
  std::vector<float> column(head_dim);
  for (std::uint32_t c = 0; c < columns; ++c) {
    for (std::uint32_t i = 0; i < head_dim; ++i) column[i] = rows[std::size_t{i} * columns + c];
    hadamard_in_place(column.data(), head_dim);
    for (std::uint32_t i = 0; i < head_dim; ++i) rows[std::size_t{i} * columns + c] = column[i];
  }
}

/// Replaces rows h·d … h·d + d − 1 by H times these rows.
void transform_rows(SourceMatrix& matrix, std::uint32_t head_dim) {
  const auto memory = std::make_shared<TransformedHead>();
  const std::uint32_t columns = matrix.columns;
  matrix.stored_as.reset();
  matrix.read_row = [memory, head_dim, columns, read = std::move(matrix.read_row)](
                        std::uint32_t row, std::span<float> out) {
    const std::uint32_t head = row / head_dim;
    if (memory->head != head) {
      memory->rows.resize(std::size_t{head_dim} * columns);
      for (std::uint32_t i = 0; i < head_dim; ++i) {
        read(head * head_dim + i,
             std::span(memory->rows).subspan(std::size_t{i} * columns, columns));
      }
      transform_columns_of(memory->rows, head_dim, columns);
      memory->head = head;
    }
    const auto transformed =
        std::span(memory->rows).subspan(std::size_t{row % head_dim} * columns, columns);
    std::copy(transformed.begin(), transformed.end(), out.begin());
  };
}

/// Replaces columns h·d … of every row by the row times H, which is its own inverse.
void transform_columns(SourceMatrix& matrix, std::uint32_t head_dim) {
  matrix.stored_as.reset();
  matrix.read_row = [head_dim, columns = matrix.columns, read = std::move(matrix.read_row)](
                        std::uint32_t row, std::span<float> out) {
    read(row, out);
    for (std::uint32_t first = 0; first < columns; first += head_dim) {
      hadamard_in_place(out.data() + first, head_dim);
    }
  };
}

}  // namespace

void fold_hadamard(SourceLayer& layer, std::uint32_t head_dim) {
  transform_rows(layer.wv, head_dim);
  if (layer.bv) {
    std::vector<float>& bias = layer.bv->values;
    for (std::size_t first = 0; first < bias.size(); first += head_dim) {
      hadamard_in_place(bias.data() + first, head_dim);
    }
  }
  transform_columns(layer.wo, head_dim);
}

}  // namespace ringlet::convert

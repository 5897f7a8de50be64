// Compensating the error of quantized weights: what rounding one weight of a row has done to the
// output is made up for by the weights that are rounded after it (Frantar et al., GPTQ, 2023).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize.hpp"

namespace ringlet::convert {

/// How the columns of a matrix are divided: into blocks of equal size that are compensated each by
/// itself, so that memory has a bound. Up to 4,096 columns are one block. A block's Gram matrix and
/// factor are stored as triangles: 8 + 4 bytes for each of at most 4096 · 4097 / 2 pairs, 96 MiB.
class ColumnBlocks {
 public:
  explicit ColumnBlocks(std::size_t columns);

  [[nodiscard]] std::size_t count() const { return (columns_ + size_ - 1) / size_; }
  [[nodiscard]] std::size_t begin(std::size_t block) const { return block * size_; }
  [[nodiscard]] std::size_t columns(std::size_t block) const;
  [[nodiscard]] std::size_t block_of(std::size_t column) const { return column / size_; }

  /// Where a block's triangle begins when all follow each other, and (of the last block's end)
  /// their size.
  [[nodiscard]] std::size_t triangle(std::size_t block) const;
  [[nodiscard]] std::size_t triangles() const { return triangle(count()); }

 private:
  std::size_t columns_;
  std::size_t size_;
};

/// The index in a triangle of row i, column k of a lower triangular matrix, k ≤ i.
constexpr std::size_t triangle_index(std::size_t i, std::size_t k) { return i * (i + 1) / 2 + k; }

/// The factor for inputs with this Gram matrix Σ x·xᵀ, given as its lower triangle of n rows: the
/// upper triangular U with Uᵀ·U = (gram + damping)⁻¹, where damping is a hundredth of the mean of
/// the diagonal. Row by row, each from the diagonal on. Deterministic.
std::vector<float> compensation_factor(std::vector<double> gram, std::size_t n);

/// Quantizes one row to INT4, group by group from the left. Each group gets the scale that
/// quantize_int4 finds for what it then is; after each weight its error is spread over those to its
/// right in the block by the factor. `row` has whole groups and is overwritten; `factors` are those
/// of the blocks of the n real weights in the row, one after the other; `importance` has one entry
/// for each of the row. Errors in the result are against the row as it was.
std::vector<QuantizedGroup> quantize_compensated(std::span<float> row,
                                                 std::span<const float> importance,
                                                 std::span<const float> factors, std::size_t n);

}  // namespace ringlet::convert

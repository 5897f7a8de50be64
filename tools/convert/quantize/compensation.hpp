// Compensates the error of quantized weights: weights that are rounded later correct the effect of
// earlier ones in the same row on the output (Frantar et al., GPTQ, 2023).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize/quantize.hpp"

namespace ringlet::convert {

/// Divides the columns of a matrix into blocks of equal size, which are compensated separately to
/// bound memory. Up to 4,096 columns are one block. A block's Gram matrix and factor are stored as
/// triangles: 8 + 4 bytes for each of at most 4096 · 4097 / 2 pairs, 96 MiB.
class ColumnBlocks {
 public:
  explicit ColumnBlocks(std::size_t columns);

  [[nodiscard]] std::size_t count() const { return (columns_ + size_ - 1) / size_; }
  [[nodiscard]] std::size_t begin(std::size_t block) const { return block * size_; }
  [[nodiscard]] std::size_t columns(std::size_t block) const;
  [[nodiscard]] std::size_t block_of(std::size_t column) const { return column / size_; }

  /// Offset of a block's triangle if all are concatenated. For block = count(), their total size.
  [[nodiscard]] std::size_t triangle(std::size_t block) const;
  [[nodiscard]] std::size_t triangles() const { return triangle(count()); }

 private:
  std::size_t columns_;
  std::size_t size_;
};

/// Index of row i, column k ≤ i of a lower triangular matrix in its triangle.
constexpr std::size_t triangle_index(std::size_t i, std::size_t k) { return i * (i + 1) / 2 + k; }

/// Returns the factor for inputs with the Gram matrix Σ x·xᵀ, given as its lower triangle of n
/// rows: the upper triangular U with Uᵀ·U = (gram + damping)⁻¹, where damping is a hundredth of the
/// mean of the diagonal. Row by row, each starting on the diagonal. Deterministic.
std::vector<float> compensation_factor(std::vector<double> gram, std::size_t n);

/// Quantizes one row to INT4, group by group from the left. Each group gets the scale that
/// quantize_int4 finds for its current values. After each weight, the factor spreads its error over
/// the weights to its right in the block.
///
/// `row` has whole groups and is overwritten. `factors` are those of the blocks of the n real
/// weights in the row, concatenated. `importance` has one entry per element of the row. Errors in
/// the result are relative to the original row.
std::vector<QuantizedGroup> quantize_compensated(std::span<float> row,
                                                 std::span<const float> importance,
                                                 std::span<const float> factors, std::size_t n);

}  // namespace ringlet::convert

// Cholesky factors of large matrices, and systems of equations solved with them.
#pragma once

#include <cstddef>
#include <vector>

#include "calibrate/panel_product.hpp"
#include "calibrate/workers.hpp"

namespace ringlet::convert {

/// A square matrix, row by row. Its size is a multiple of panel_lanes; callers fill up with ones on
/// the diagonal.
struct SquareMatrix {
  explicit SquareMatrix(std::size_t n) : size(n), values(n * n, 0.0) {}

  [[nodiscard]] double* row(std::size_t i) { return values.data() + i * size; }
  [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * size; }

  std::size_t size;
  std::vector<double> values;
};

[[nodiscard]] constexpr std::size_t padded_size(std::size_t n) {
  return (n + panel_lanes - 1) / panel_lanes * panel_lanes;
}

/// Replaces a positive definite matrix, of which it reads the lower triangle, by its lower factor L
/// with L·Lᵀ = a. The upper triangle becomes that of Lᵀ. Throws std::runtime_error if a pivot is
/// not positive.
void factorize(Workers& workers, SquareMatrix& a);

/// Replaces each lane y of a panel by L⁻¹·y. Elements before `first`, a multiple of panel_lanes,
/// are zero in every lane.
void solve_lower(const SquareMatrix& factor, double* panel, std::size_t first = 0);

/// Replaces each lane y of a panel by L⁻ᵀ·y.
void solve_upper(const SquareMatrix& factor, double* panel);

}  // namespace ringlet::convert

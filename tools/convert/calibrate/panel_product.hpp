// Blocked products of a matrix with many vectors at once. Most of the time of a calibration goes
// into them, so they are compiled for several instruction sets. A lane is one vector, and each lane
// adds in the order of the columns, so all sets give the same bits.
#pragma once

#include <cstddef>

namespace ringlet::convert {

/// Vectors are processed side by side: element k of lane r is panel[k · panel_lanes + r].
inline constexpr std::size_t panel_lanes = 64;

/// A part of a row-major matrix.
template <typename T>
struct MatrixPart {
  const T* data;
  std::size_t stride;  // from row to row
  std::size_t rows;
  std::size_t columns;
};

/// out[j · out_stride + r] += Σ_k matrix[j][k] · panel[k][r], the products added one by one with
/// ascending k. `out` must not overlap what is read.
void add_product(const MatrixPart<float>& matrix, const float* panel, float* out,
                 std::size_t out_stride = panel_lanes);
void add_product(const MatrixPart<double>& matrix, const double* panel, double* out,
                 std::size_t out_stride = panel_lanes);
/// The same with the products subtracted.
void subtract_product(const MatrixPart<float>& matrix, const float* panel, float* out,
                      std::size_t out_stride = panel_lanes);
void subtract_product(const MatrixPart<double>& matrix, const double* panel, double* out,
                      std::size_t out_stride = panel_lanes);

}  // namespace ringlet::convert

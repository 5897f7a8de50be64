#include "quantize/compensation.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/packed_layout.hpp"
#include "numerics/half.hpp"

namespace ringlet::convert {
namespace {

constexpr double damping = 0.01;
constexpr std::size_t most_columns = 4096;

std::size_t divided(std::size_t number, std::size_t by) { return (number + by - 1) / by; }

/// Row i of a triangle.
double* row_of(std::vector<double>& triangle, std::size_t i) {
  return triangle.data() + triangle_index(i, 0);
}

void damp(std::vector<double>& gram, std::size_t n) {
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += row_of(gram, i)[i];
  // Inputs that are always zero would make it singular for any mean.
  const double added = trace > 0 ? damping * trace / static_cast<double>(n) : 1;
  for (std::size_t i = 0; i < n; ++i) row_of(gram, i)[i] += added;
}

/// In place, from the last column to the first: the upper triangular R with R·Rᵀ = a, stored as its
/// transpose.
void factorize_from_the_end(std::vector<double>& a, std::size_t n) {
  for (std::size_t j = n; j-- > 0;) {
    double* pivot = row_of(a, j);  // becomes column j of R
    const double diagonal = std::sqrt(pivot[j]);
    for (std::size_t i = 0; i <= j; ++i) pivot[i] /= diagonal;
    for (std::size_t i = 0; i < j; ++i) {
      double* row = row_of(a, i);
      for (std::size_t k = 0; k <= i; ++k) row[k] -= pivot[i] * pivot[k];
    }
  }
}

/// In place: the inverse of a lower triangular matrix, row by row.
void invert(std::vector<double>& a, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    double* row = row_of(a, j);
    const double inverse = 1 / row[j];
    std::vector<double> result(j + 1, 0.0);
    for (std::size_t k = 0; k < j; ++k) {
      const double* above = row_of(a, k);
      for (std::size_t i = 0; i <= k; ++i) result[i] -= row[k] * above[i];
    }
    for (std::size_t i = 0; i < j; ++i) row[i] = result[i] * inverse;
    row[j] = inverse;
  }
}

/// The code of one weight for a given scale.
std::int8_t code_of(float weight, float scale) {
  if (scale == 0) return 0;
  const float ratio = std::clamp(weight / scale, -8.0F, 7.0F);
  return static_cast<std::int8_t>(std::nearbyint(ratio));
}

/// Adjusts the weights to the right of weight k, within its block, to compensate its error.
void spread_error(std::span<float> row, std::size_t k, float error, const ColumnBlocks& blocks,
                  std::span<const float> factors) {
  const std::size_t block = blocks.block_of(k);
  const std::size_t begin = blocks.begin(block);
  const std::size_t end = begin + blocks.columns(block);
  // The row of weight k, which begins on the diagonal.
  const std::size_t rest = triangle_index(end - k, 0);
  const float* factor = factors.data() + blocks.triangle(block + 1) - rest;
  const float spread = error / factor[0];
  for (std::size_t j = k + 1; j < end; ++j) row[j] -= spread * factor[j - k];
}

}  // namespace

ColumnBlocks::ColumnBlocks(std::size_t columns)
    : columns_(columns),
      size_(columns <= most_columns
                ? columns
                : packed::padded_columns(divided(columns, divided(columns, most_columns)))) {}

std::size_t ColumnBlocks::columns(std::size_t block) const {
  return std::min(size_, columns_ - begin(block));
}

std::size_t ColumnBlocks::triangle(std::size_t block) const {
  const std::size_t whole = std::min(block, columns_ / size_);
  const std::size_t rest = block > whole ? columns_ % size_ : 0;
  return whole * triangle_index(size_, 0) + triangle_index(rest, 0);
}

std::vector<float> compensation_factor(std::vector<double> gram, std::size_t n) {
  damp(gram, n);
  // gram = R·Rᵀ, so its inverse is R⁻ᵀ·R⁻¹ and U = R⁻¹.
  factorize_from_the_end(gram, n);
  invert(gram, n);
  std::vector<float> factor;
  factor.reserve(gram.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) factor.push_back(static_cast<float>(row_of(gram, j)[i]));
  }
  return factor;
}

std::vector<QuantizedGroup> quantize_compensated(std::span<float> row,
                                                 std::span<const float> importance,
                                                 std::span<const float> factors, std::size_t n) {
  const ColumnBlocks blocks(n);
  const std::vector<float> original(row.begin(), row.end());
  std::vector<QuantizedGroup> groups;
  for (std::size_t first = 0; first < row.size(); first += packed::group_size) {
    const GroupWeights weights(row.data() + first, packed::group_size);
    const GroupImportance weight_of(importance.data() + first, packed::group_size);
    QuantizedGroup group{.scale = quantize_int4(weights, weight_of).scale};
    const float scale = half_to_float(group.scale);
    for (std::size_t i = 0; i < packed::group_size && first + i < n; ++i) {
      const std::size_t k = first + i;
      group.codes[i] = code_of(row[k], scale);
      const float stored = scale * static_cast<float>(group.codes[i]);
      spread_error(row, k, row[k] - stored, blocks, factors);
      const double error = double{original[k]} - double{stored};
      group.squared_error += error * error;
      group.weighted_error += importance[k] * (error * error);
    }
    groups.push_back(group);
  }
  return groups;
}

}  // namespace ringlet::convert

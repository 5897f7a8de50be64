#include "compensation.hpp"

#include <algorithm>
#include <cmath>

namespace ringlet::convert {
namespace {

constexpr double damping = 0.01;

void damp(std::vector<double>& gram, std::size_t n) {
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += gram[i * n + i];
  // Inputs that are always zero would make it singular whatever the mean is.
  const double added = trace > 0 ? damping * trace / static_cast<double>(n) : 1;
  for (std::size_t i = 0; i < n; ++i) gram[i * n + i] += added;
}

/// In place, from the last column to the first: the upper triangular R with R·Rᵀ = a. Row i of the
/// upper triangle is kept in column i of the lower one too, so that inner loops run along rows.
void factorize_from_the_end(std::vector<double>& a, std::size_t n) {
  for (std::size_t j = n; j-- > 0;) {
    double* pivot = a.data() + j * n;  // holds column j of R as it is made, by symmetry
    const double diagonal = std::sqrt(pivot[j]);
    for (std::size_t i = 0; i <= j; ++i) pivot[i] /= diagonal;
    for (std::size_t i = 0; i < j; ++i) {
      double* row = a.data() + i * n;
      for (std::size_t k = 0; k <= i; ++k) row[k] -= pivot[i] * pivot[k];
    }
  }
}

/// In place: a[j][i], i ≤ j, is R[i][j]; afterwards it is (R⁻¹)[i][j].
void invert_transposed(std::vector<double>& a, std::size_t n) {
  // The transpose L = Rᵀ is lower triangular with rows that lie in memory; L⁻¹ row by row.
  for (std::size_t j = 0; j < n; ++j) {
    double* row = a.data() + j * n;
    const double inverse = 1 / row[j];
    std::vector<double> result(j + 1, 0.0);
    for (std::size_t k = 0; k < j; ++k) {
      const double* above = a.data() + k * n;
      for (std::size_t i = 0; i <= k; ++i) result[i] -= row[k] * above[i];
    }
    for (std::size_t i = 0; i < j; ++i) row[i] = result[i] * inverse;
    row[j] = inverse;
  }
}

/// One weight's code under a scale that has been chosen.
std::int8_t code_of(float weight, float scale) {
  if (scale == 0) return 0;
  const float ratio = std::clamp(weight / scale, -8.0F, 7.0F);
  return static_cast<std::int8_t>(std::nearbyint(ratio));
}

}  // namespace

std::vector<float> compensation_factor(std::vector<double> gram, std::size_t n) {
  damp(gram, n);
  // gram = R·Rᵀ, so its inverse is R⁻ᵀ·R⁻¹ and U = R⁻¹.
  factorize_from_the_end(gram, n);
  invert_transposed(gram, n);
  std::vector<float> factor(n * n, 0.0F);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i <= j; ++i) factor[i * n + j] = static_cast<float>(gram[j * n + i]);
  }
  return factor;
}

std::vector<QuantizedGroup> quantize_compensated(std::span<float> row,
                                                 std::span<const float> importance,
                                                 std::span<const float> factor, std::size_t n) {
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
      const float spread = (row[k] - stored) / factor[k * n + k];
      for (std::size_t j = k + 1; j < n; ++j) row[j] -= spread * factor[k * n + j];
      const double error = double{original[k]} - double{stored};
      group.squared_error += error * error;
      group.weighted_error += importance[k] * (error * error);
    }
    groups.push_back(group);
  }
  return groups;
}

}  // namespace ringlet::convert

#include "calibrate/cholesky.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "support/random.hpp"

namespace ringlet::convert {
namespace {

/// A·Aᵀ + 1 for a random A, with some padding.
SquareMatrix positive(std::size_t n, std::size_t padded) {
  test::Random random(n);
  std::vector<double> a(n * n);
  for (double& value : a) value = double{random.symmetric()};
  SquareMatrix matrix(padded);
  for (std::size_t i = 0; i < padded; ++i) {
    for (std::size_t j = 0; j < n && i < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) matrix.row(i)[j] += a[i * n + k] * a[j * n + k];
    }
    matrix.row(i)[i] += 1;
  }
  return matrix;
}

class CholeskyTest : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, CholeskyTest, testing::Values(5U, 64U, 150U));

TEST_P(CholeskyTest, GivesTheMatrixBack) {
  const std::size_t n = GetParam();
  const SquareMatrix matrix = positive(n, padded_size(n));
  SquareMatrix factor = matrix;
  Workers workers(2);
  factorize(workers, factor);
  for (std::size_t i = 0; i < matrix.size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k <= j; ++k) sum += factor.row(i)[k] * factor.row(j)[k];
      ASSERT_NEAR(sum, matrix.row(i)[j], 1e-10) << i << ' ' << j;
      ASSERT_EQ(factor.row(j)[i], factor.row(i)[j]);
    }
  }
}

TEST_P(CholeskyTest, SolvesSystems) {
  const std::size_t n = GetParam();
  const SquareMatrix matrix = positive(n, padded_size(n));
  SquareMatrix factor = matrix;
  Workers workers(1);
  factorize(workers, factor);
  test::Random random(9);
  std::vector<double> expected(matrix.size * panel_lanes);
  for (double& value : expected) value = double{random.symmetric()};
  std::vector<double> panel(expected.size(), 0.0);
  for (std::size_t i = 0; i < matrix.size; ++i) {
    for (std::size_t k = 0; k < matrix.size; ++k) {
      for (std::size_t r = 0; r < panel_lanes; ++r) {
        panel[i * panel_lanes + r] += matrix.row(i)[k] * expected[k * panel_lanes + r];
      }
    }
  }
  solve_lower(factor, panel.data());
  solve_upper(factor, panel.data());
  for (std::size_t i = 0; i < panel.size(); ++i) ASSERT_NEAR(panel[i], expected[i], 1e-8) << i;
}

TEST(Cholesky, RefusesWhatIsNotPositive) {
  SquareMatrix matrix = positive(20, 64);
  matrix.row(10)[10] = -1;
  Workers workers(2);
  EXPECT_THROW(factorize(workers, matrix), std::runtime_error);
  matrix.row(10)[10] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(factorize(workers, matrix), std::runtime_error);
}

}  // namespace
}  // namespace ringlet::convert

#include "calibrate/cholesky.hpp"

#include <cmath>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t block = panel_lanes;

/// The block on the diagonal, whose earlier columns have been subtracted.
void factorize_diagonal(SquareMatrix& a, std::size_t first) {
  for (std::size_t j = first; j < first + block; ++j) {
    double* row = a.row(j);
    for (std::size_t k = first; k <= j; ++k) {
      const double* other = a.row(k);
      double sum = row[k];
      for (std::size_t m = first; m < k; ++m) sum -= row[m] * other[m];
      if (k < j) {
        row[k] = sum / other[k];
      } else if (sum > 0) {
        row[k] = std::sqrt(sum);
      } else {
        fail(
            "the calibration met a matrix that is not positive definite; the text gives inputs "
            "that are not finite or far too large");
      }
    }
  }
}

/// The same columns of a row below the block.
void finish_row(const SquareMatrix& a, std::size_t first, double* row) {
  for (std::size_t j = first; j < first + block; ++j) {
    const double* other = a.row(j);
    double sum = row[j];
    for (std::size_t m = first; m < j; ++m) sum -= row[m] * other[m];
    row[j] = sum / other[j];
  }
}

/// y_j −= Σ factor[j][k] · y_k for the k of [begin, end), where y_j is a row of lanes.
void subtract_rows(const double* factor, const double* panel, std::size_t begin, std::size_t end,
                   double* out) {
  for (std::size_t k = begin; k < end; ++k) {
    const double* y = panel + k * panel_lanes;
    for (std::size_t r = 0; r < panel_lanes; ++r) out[r] -= factor[k] * y[r];
  }
}

void divide_row(double* row, double divisor) {
  for (std::size_t r = 0; r < panel_lanes; ++r) row[r] /= divisor;
}

}  // namespace

void factorize(Workers& workers, SquareMatrix& a) {
  std::vector<double> panel(a.size * block);
  for (std::size_t first = 0; first < a.size; first += block) {
    // The finished part of the block's rows, as lanes.
    for (std::size_t r = 0; r < block; ++r) {
      const double* row = a.row(first + r);
      for (std::size_t k = 0; k < first; ++k) panel[k * block + r] = row[k];
    }
    const auto subtract = [&](std::size_t row) {
      subtract_product(MatrixPart<double>{a.row(row), a.size, block, first}, panel.data(),
                       a.row(row) + first, a.size);
    };
    subtract(first);
    factorize_diagonal(a, first);
    workers.for_each((a.size - first) / block - 1, [&](std::size_t i) {
      const std::size_t begin = first + (i + 1) * block;
      subtract(begin);
      for (std::size_t row = begin; row < begin + block; ++row) finish_row(a, first, a.row(row));
    });
  }
  for (std::size_t i = 0; i < a.size; ++i) {
    for (std::size_t k = 0; k < i; ++k) a.row(k)[i] = a.row(i)[k];
  }
}

void solve_lower(const SquareMatrix& factor, double* panel, std::size_t first) {
  for (std::size_t begin = first; begin < factor.size; begin += block) {
    subtract_product(
        MatrixPart<double>{factor.row(begin) + first, factor.size, block, begin - first},
        panel + first * panel_lanes, panel + begin * panel_lanes);
    for (std::size_t j = begin; j < begin + block; ++j) {
      double* row = panel + j * panel_lanes;
      subtract_rows(factor.row(j), panel, begin, j, row);
      divide_row(row, factor.row(j)[j]);
    }
  }
}

void solve_upper(const SquareMatrix& factor, double* panel) {
  for (std::size_t end = factor.size; end > 0; end -= block) {
    const std::size_t begin = end - block;
    subtract_product(
        MatrixPart<double>{factor.row(begin) + end, factor.size, block, factor.size - end},
        panel + end * panel_lanes, panel + begin * panel_lanes);
    for (std::size_t j = end; j-- > begin;) {
      double* row = panel + j * panel_lanes;
      subtract_rows(factor.row(j), panel, j + 1, end, row);
      divide_row(row, factor.row(j)[j]);
    }
  }
}

}  // namespace ringlet::convert

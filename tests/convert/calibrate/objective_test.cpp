// The sums over a text, and what is derived from them.
#include "calibrate/objective.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "calibrate/retarget.hpp"
#include "correlated_inputs.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet::convert {
namespace {

using test::CorrelatedInputs;

TEST(ColumnBlocks, CoverAllColumnsInWholeGroups) {
  for (const std::size_t n : {1U, 33U, 4096U, 4097U, 5632U, 8192U, 14336U, 28673U}) {
    std::size_t columns = 0;
    for (const Columns& block : column_blocks(n)) {
      EXPECT_EQ(block.begin, columns);
      EXPECT_EQ(block.begin % packed::group_size, 0U);
      EXPECT_LE(block.count, 4096U);
      columns += block.count;
    }
    EXPECT_EQ(columns, n);
  }
}

TEST(InputGram, HasTheSumsOfItsColumns) {
  const CorrelatedInputs inputs(150, 300);
  for (const Columns columns : {Columns{0, 150}, Columns{64, 70}}) {
    Workers workers(2);
    InputGram gram = gram_of(workers, inputs.paired(), columns);
    for (std::size_t i = 0; i < columns.count; ++i) {
      for (std::size_t k = 0; k < columns.count; ++k) {
        double square = 0;
        double shift = 0;
        for (std::size_t t = 0; t < inputs.tokens; ++t) {
          const float* exact = inputs.exact.data() + t * 150 + columns.begin;
          const float* quantized = inputs.quantized.data() + t * 150 + columns.begin;
          square += double{quantized[i]} * quantized[k];
          shift += double{exact[i] - quantized[i]} * quantized[k];
        }
        ASSERT_NEAR(gram.squares.row(i)[k], square, 1e-2);
        ASSERT_NEAR(gram.shift_panel(i / panel_lanes)[k * panel_lanes + i % panel_lanes], shift,
                    1e-2);
      }
    }
  }
}

// (W + W·D) minimizes ‖W'X̃ − WX‖² + λ‖W' − W‖²: no small change of W' makes it less.
TEST(Retargeting, MinimizesTheErrorOfOutputs) {
  constexpr std::size_t n = 40;
  const CorrelatedInputs inputs(n, 200);
  Workers workers(2);
  InputGram gram = gram_of(workers, inputs.paired(), {0, n});
  const double lambda = 0.05 * gram.mean_diagonal();
  const std::size_t size = gram.squares.size;
  const std::vector<float> d = retargeting(workers, gram);
  test::Random random(4);
  std::vector<double> row(n);
  for (double& weight : row) weight = double{random.symmetric()};
  std::vector<double> moved = row;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) moved[j] += row[k] * double{d[j * size + k]};
  }
  const auto cost = [&](const std::vector<double>& weights) {
    double sum = inputs.output_error(weights, &row);
    for (std::size_t k = 0; k < n; ++k) {
      sum += lambda * (weights[k] - row[k]) * (weights[k] - row[k]);
    }
    return sum;
  };
  const double least = cost(moved);
  EXPECT_LT(least, 0.9 * cost(row));
  for (std::size_t k = 0; k < n; ++k) {
    for (const double change : {-0.01, 0.01}) {
      std::vector<double> other = moved;
      other[k] += change;
      EXPECT_LT(least, cost(other)) << k;
    }
  }
}

TEST(ColumnOrder, PutsWhatMattersFirstAndKeepsGroupsTogether) {
  const CorrelatedInputs inputs(150, 200);
  Workers workers(1);
  const InputGram gram = gram_of(workers, inputs.paired(), {0, 150});
  const ColumnOrder order = order_columns(gram);
  std::vector<std::uint32_t> sorted = order.columns;
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t i = 0; i < 150; ++i) ASSERT_EQ(sorted[i], i);
  double before = 1e300;
  std::uint32_t place = 0;
  for (const ColumnOrder::Group& group : order.groups) {
    EXPECT_EQ(group.begin, place);
    place = group.end;
    double sum = 0;
    for (std::uint32_t i = group.begin; i < group.end; ++i) {
      const std::uint32_t column = order.columns[i];
      EXPECT_EQ(column / packed::group_size, group.number);
      sum += gram.squares.row(column)[column];
      if (i == group.begin) continue;
      const std::uint32_t last = order.columns[i - 1];
      EXPECT_LE(gram.squares.row(column)[column], gram.squares.row(last)[last]);
    }
    EXPECT_LE(sum, before);
    before = sum;
  }
  EXPECT_EQ(place, 150U);
}

TEST(Objective, SpreadsByTheRootOfTheInverse) {
  constexpr std::size_t n = 90;
  const CorrelatedInputs inputs(n, 200);
  Workers workers(2);
  const Objective objective = objective_of(workers, gram_of(workers, inputs.paired(), {0, n}));
  // H · Uᵀ · U = 1.
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) {
        double inverse = 0;
        for (std::size_t m = 0; m <= std::min(k, j); ++m) {
          inverse += double{objective.spread_row(k)[m]} * objective.spread_row(j)[m];
        }
        sum += double{objective.hessian_row(i)[k]} * inverse;
      }
      ASSERT_NEAR(sum, i == j ? 1 : 0, 2e-3) << i << ' ' << j;
    }
  }
}

}  // namespace
}  // namespace ringlet::convert

#include "calibrate/objective.hpp"

#include <algorithm>

namespace ringlet::convert {
namespace {

constexpr double damping = 0.01;

/// H with its rows and columns in reverse, so that its lower factor L gives U = L⁻¹, in reverse
/// too.
SquareMatrix reversed(const Objective& objective) {
  const std::size_t size = objective.size;
  SquareMatrix result(size);
  for (std::size_t i = 0; i < size; ++i) {
    const float* row = objective.hessian_row(size - 1 - i);
    for (std::size_t k = 0; k <= i; ++k) result.row(i)[k] = double{row[size - 1 - k]};
  }
  return result;
}

/// The columns of L⁻¹, a panel at a time.
void invert(Workers& workers, const SquareMatrix& factor, std::vector<float>& spread) {
  const std::size_t size = factor.size;
  workers.for_each(size / panel_lanes, [&](std::size_t number) {
    const std::size_t first = number * panel_lanes;
    std::vector<double> panel(size * panel_lanes, 0.0);
    for (std::size_t r = 0; r < panel_lanes; ++r) panel[(first + r) * panel_lanes + r] = 1;
    solve_lower(factor, panel.data(), first);
    for (std::size_t r = 0; r < panel_lanes; ++r) {
      float* row = spread.data() + (size - 1 - (first + r)) * size;
      for (std::size_t i = first + r; i < size; ++i) {
        row[size - 1 - i] = static_cast<float>(panel[i * panel_lanes + r]);
      }
    }
  });
}

}  // namespace

Objective objective_of(Workers& workers, const InputGram& gram) {
  Objective objective;
  objective.size = gram.squares.size;
  objective.order = order_columns(gram);
  const std::vector<std::uint32_t>& columns = objective.order.columns;
  const double mean = gram.mean_diagonal();
  objective.hessian.assign(objective.size * objective.size, 0.0F);
  for (std::size_t i = 0; i < objective.size; ++i) {
    float* row = objective.hessian.data() + i * objective.size;
    if (i >= columns.size()) {
      row[i] = 1;
      continue;
    }
    for (std::size_t k = 0; k < columns.size(); ++k) {
      row[k] = static_cast<float>(gram.squares.row(columns[i])[columns[k]] / mean);
    }
    row[i] += static_cast<float>(damping);
  }
  SquareMatrix factor = reversed(objective);
  factorize(workers, factor);
  objective.spread.assign(objective.size * objective.size, 0.0F);
  invert(workers, factor, objective.spread);
  return objective;
}

}  // namespace ringlet::convert

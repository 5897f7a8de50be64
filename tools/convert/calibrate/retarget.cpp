#include "calibrate/retarget.hpp"

namespace ringlet::convert {
namespace {

constexpr double damping = 0.05;

}  // namespace

std::vector<float> retargeting(Workers& workers, InputGram& gram) {
  SquareMatrix factor = gram.squares;
  const std::size_t size = factor.size;
  const double added = damping * gram.mean_diagonal();
  for (std::size_t i = 0; i < size; ++i) factor.row(i)[i] += added;
  factorize(workers, factor);
  std::vector<float> result(size * size);
  workers.for_each(size / panel_lanes, [&](std::size_t i) {
    double* panel = gram.shift_panel(i);
    solve_lower(factor, panel);
    solve_upper(factor, panel);
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t r = 0; r < panel_lanes; ++r) {
        result[j * size + i * panel_lanes + r] = static_cast<float>(panel[j * panel_lanes + r]);
      }
    }
  });
  return result;
}

}  // namespace ringlet::convert

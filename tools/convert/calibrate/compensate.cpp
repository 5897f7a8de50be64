#include "calibrate/compensate.hpp"

#include <array>

#include "numerics/half.hpp"
#include "quantize/quantize.hpp"

namespace ringlet::convert {
namespace {

using Group = ColumnOrder::Group;

/// The weights of a strip as they are after the errors so far, and those errors of one group.
struct Rounding {
  std::vector<float> current;
  std::array<float, packed::group_size * panel_lanes> errors{};
};

void find_scales(const Objective& objective, const Group& group, const Rounding& rounding,
                 float* scales) {
  std::array<float, packed::group_size> importance{};
  double sum = 0;
  for (std::size_t k = group.begin; k < group.end; ++k) {
    const double root = objective.spread_row(k)[k];
    importance[k - group.begin] = static_cast<float>(1 / (root * root));
    sum += 1 / (root * root);
  }
  for (float& value : importance) {
    value = static_cast<float>(double{value} * (group.end - group.begin) / sum);
  }
  for (std::size_t r = 0; r < panel_lanes; ++r) {
    std::array<float, packed::group_size> weights{};
    for (std::size_t k = group.begin; k < group.end; ++k) {
      weights[k - group.begin] = rounding.current[k * panel_lanes + r];
    }
    scales[r] = half_to_float(quantize_int4(weights, importance).scale);
  }
}

/// Rounds one column, and takes its error out of the rest of its group.
void round_column(const Objective& objective, const Group& group, std::size_t k,
                  const float* scales, Rounding& rounding, Strip& strip) {
  const float root = objective.spread_row(k)[k];
  const float* weights = rounding.current.data() + k * panel_lanes;
  float* errors = rounding.errors.data() + (k - group.begin) * panel_lanes;
  std::int8_t* codes = strip.codes.data() + k * panel_lanes;
  float* stored = strip.stored.data() + k * panel_lanes;
  for (std::size_t r = 0; r < panel_lanes; ++r) {
    codes[r] = nearest_code(weights[r], scales[r]);
    stored[r] = scales[r] * static_cast<float>(codes[r]);
    errors[r] = (weights[r] - stored[r]) / root;
  }
  for (std::size_t j = k + 1; j < group.end; ++j) {
    const float spread = objective.spread_row(j)[k];
    float* other = rounding.current.data() + j * panel_lanes;
    for (std::size_t r = 0; r < panel_lanes; ++r) other[r] -= errors[r] * spread;
  }
}

}  // namespace

void round_with_compensation(const Objective& objective, Strip& strip) {
  Rounding rounding{.current = strip.target};
  const std::size_t columns = objective.order.columns.size();
  for (std::size_t i = 0; i < objective.order.groups.size(); ++i) {
    const Group& group = objective.order.groups[i];
    float* scales = strip.scales.data() + i * panel_lanes;
    find_scales(objective, group, rounding, scales);
    for (std::size_t k = group.begin; k < group.end; ++k) {
      round_column(objective, group, k, scales, rounding, strip);
    }
    subtract_product(
        MatrixPart<float>{objective.spread_row(group.end) + group.begin, objective.size,
                          columns - group.end, group.end - group.begin},
        rounding.errors.data(), rounding.current.data() + group.end * panel_lanes);
  }
}

}  // namespace ringlet::convert

// The steps of rounding, each of which makes the objective smaller.
#include "calibrate/descend.hpp"

#include <gtest/gtest.h>

#include "calibrate/compensate.hpp"
#include "correlated_inputs.hpp"
#include "numerics/half.hpp"
#include "quantize/quantize.hpp"

namespace ringlet::convert {
namespace {

/// tr((Ŵ − W')·H·(Ŵ − W')ᵀ) of each lane.
std::vector<double> costs(const Objective& objective, const Strip& strip) {
  const std::size_t n = objective.order.columns.size();
  std::vector<double> result(panel_lanes);
  for (std::size_t r = 0; r < panel_lanes; ++r) {
    const auto error = [&](std::size_t k) {
      return double{strip.stored[k * panel_lanes + r]} - double{strip.target[k * panel_lanes + r]};
    };
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) {
        result[r] += error(i) * double{objective.hessian_row(i)[k]} * error(k);
      }
    }
  }
  return result;
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

class Rounding : public testing::Test {
 protected:
  Rounding() {
    test::Random random(3);
    for (std::size_t k = 0; k < n; ++k) {
      // Lanes 60 and later have no row.
      for (std::size_t r = 0; r < 60; ++r) strip.target[k * panel_lanes + r] = random.symmetric();
    }
  }

  /// What is stored is what the codes and scales say.
  void check_consistent() const {
    for (std::size_t i = 0; i < objective.order.groups.size(); ++i) {
      const ColumnOrder::Group& group = objective.order.groups[i];
      for (std::size_t r = 0; r < panel_lanes; ++r) {
        const float scale = strip.scales[i * panel_lanes + r];
        ASSERT_EQ(half_to_float(signed_scale_to_half(scale)), scale);
        for (std::size_t k = group.begin; k < group.end; ++k) {
          const int code = strip.codes[k * panel_lanes + r];
          ASSERT_TRUE(code >= -8 && code <= 7);
          ASSERT_EQ(strip.stored[k * panel_lanes + r], scale * static_cast<float>(code));
        }
      }
    }
  }

  /// Groups of the search without knowledge of inputs.
  void round_plainly() {
    for (const ColumnOrder::Group& group : objective.order.groups) {
      for (std::size_t r = 0; r < panel_lanes; ++r) {
        std::array<float, packed::group_size> weights{};
        for (std::size_t k = group.begin; k < group.end; ++k) {
          weights[k - group.begin] = strip.target[k * panel_lanes + r];
        }
        const QuantizedGroup result = quantize_int4(weights);
        for (std::size_t k = group.begin; k < group.end; ++k) {
          strip.stored[k * panel_lanes + r] =
              half_to_float(result.scale) * static_cast<float>(result.codes[k - group.begin]);
        }
      }
    }
  }

  static constexpr std::size_t n = 90;  // the last group is not whole
  test::CorrelatedInputs inputs{n, 200};
  Workers workers{2};
  Objective objective = objective_of(workers, gram_of(workers, inputs.paired(), {0, n}));
  Strip strip{n, 3};
};

TEST_F(Rounding, CompensationLowersTheErrorOfOutputs) {
  round_plainly();
  const double plain = sum(costs(objective, strip));
  round_with_compensation(objective, strip);
  check_consistent();
  EXPECT_LT(sum(costs(objective, strip)), 0.6 * plain);
}

TEST_F(Rounding, EachSweepLowersTheErrorOfEveryRow) {
  round_with_compensation(objective, strip);
  std::vector<double> before = costs(objective, strip);
  const double start = sum(before);
  for (int sweep = 0; sweep < 3; ++sweep) {
    descend(objective, strip, 1);
    check_consistent();
    const std::vector<double> after = costs(objective, strip);
    for (std::size_t r = 0; r < panel_lanes; ++r) EXPECT_LE(after[r], before[r] * 1.001 + 1e-9);
    before = after;
  }
  EXPECT_LT(sum(before), 0.95 * start);
}

TEST_F(Rounding, OfZerosIsZero) {
  std::fill(strip.target.begin(), strip.target.end(), 0.0F);
  round_with_compensation(objective, strip);
  descend(objective, strip);
  check_consistent();
  for (const float stored : strip.stored) EXPECT_EQ(stored, 0);
}

}  // namespace
}  // namespace ringlet::convert

// The trials of scales: every instruction set against the words of the header, with equal bits.
#include "quantize/scale_trials.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace ringlet::convert {
namespace {

constexpr std::size_t size = packed::group_size;
constexpr std::size_t count = 3 * trial_lanes;
using Group = std::array<float, size>;
using Steps = std::array<float, count>;

struct Case {
  Group weights;
  Group importance;
  Steps scales;  // of both signs
};

/// Every third group is on a lattice, where rounding meets ties.
std::vector<Case> cases() {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  std::vector<Case> cases(200);
  for (std::size_t n = 0; n < cases.size(); ++n) {
    const float unit = std::ldexp(1.0F, static_cast<int>(n % 20) - 14);
    for (float& weight : cases[n].weights) {
      weight = n % 3 == 0 ? unit * 0.5F * static_cast<float>(static_cast<int>(random() % 31) - 15)
                          : unit * normal(random);
    }
    for (float& each : cases[n].importance) each = 0.001F + std::abs(normal(random));
    for (std::size_t i = 0; i < count; ++i) {
      cases[n].scales[i] =
          (i % 2 == 0 ? unit : -unit) * (i < 4 ? 1 : 0.1F + std::abs(normal(random)));
    }
  }
  return cases;
}

std::array<const ScaleTrials*, 2> sets() { return {&portable_trials(), &best_trials()}; }

TEST(ScaleTrials, ErrorsAreThoseOfTheStoredNumbers) {
  for (const Case& c : cases()) {
    for (const float* importance : {static_cast<const float*>(nullptr), c.importance.data()}) {
      for (const CodeRange range : {CodeRange{-8, 7}, CodeRange{-127, 127}}) {
        for (const ScaleTrials* set : sets()) {
          std::array<double, count> errors;
          set->errors({c.weights.data(), importance}, range, c.scales.data(), count, errors.data());
          for (std::size_t t = 0; t < count; ++t) {
            double expected = 0;
            for (std::size_t i = 0; i < size; ++i) {
              const double scale = c.scales[t];
              const double code = std::nearbyint(
                  std::clamp(c.weights[i] / scale, double(range.lowest), double(range.highest)));
              const double error = c.weights[i] - scale * code;
              expected += (importance == nullptr ? 1 : importance[i]) * (error * error);
            }
            ASSERT_EQ(errors[t], expected);
          }
        }
      }
    }
  }
}

/// The sums of the header for one step.
std::array<float, 2> fit(const Case& c, bool weighted, float inverse, bool limited) {
  std::array<float, 2> sums{};
  for (std::size_t partial = 0; partial < 8; ++partial) {
    std::array<float, 2> some{};
    for (std::size_t i = partial; i < size; i += 8) {
      float code = std::nearbyint(c.weights[i] * inverse);
      if (limited) code = std::clamp(code, -8.0F, 7.0F);
      some[0] += (code * c.weights[i]) * (weighted ? c.importance[i] : 1);
      some[1] += (code * code) * (weighted ? c.importance[i] : 1);
    }
    sums[0] += some[0];
    sums[1] += some[1];
  }
  return sums;
}

TEST(ScaleTrials, FitsAddInTheOrderOfTheWeights) {
  for (const Case& c : cases()) {
    Steps inverse;
    for (std::size_t t = 0; t < count; ++t) inverse[t] = 1 / c.scales[t];
    for (const bool weighted : {false, true}) {
      const TrialGroup group{c.weights.data(), weighted ? c.importance.data() : nullptr};
      for (const ScaleTrials* set : sets()) {
        for (const bool limited : {false, true}) {
          Steps products;
          Steps squares;
          (limited ? set->fit_int4 : set->fit_int4_unlimited)(group, inverse.data(), count,
                                                              products.data(), squares.data());
          for (std::size_t t = 0; t < count; ++t) {
            const std::array<float, 2> expected = fit(c, weighted, inverse[t], limited);
            ASSERT_EQ(products[t], expected[0]);
            ASSERT_EQ(squares[t], expected[1]);
          }
        }
      }
    }
  }
}

TEST(ScaleTrials, DistancesTellWhatIsOnALattice) {
  constexpr float tolerance = 0x1p-12F;
  for (const Case& c : cases()) {
    Steps inverse;
    for (std::size_t t = 0; t < count; ++t) inverse[t] = 1 / c.scales[t];
    for (const ScaleTrials* set : sets()) {
      Steps distances;
      set->lattice_distances(c.weights.data(), inverse.data(), count, tolerance, distances.data());
      for (std::size_t t = 0; t < count; ++t) {
        float expected = 0;
        for (const float weight : c.weights) {
          const float ratio = weight * inverse[t];
          expected = std::max(expected, std::abs(ratio - std::nearbyint(ratio)));
        }
        ASSERT_EQ(distances[t] < tolerance, expected < tolerance);
        if (expected < tolerance) {
          ASSERT_EQ(distances[t], expected);
        }
      }
    }
  }
}

}  // namespace
}  // namespace ringlet::convert

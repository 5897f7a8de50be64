#include "quantize/quantize.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "numerics/half.hpp"
#include "quantize/scale_trials.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t size = packed::group_size;

constexpr CodeRange int4_codes{-8, 7};
constexpr CodeRange int8_codes{-127, 127};

float largest_magnitude(GroupWeights weights) {
  float largest = 0;
  for (const float weight : weights) largest = std::max(largest, std::abs(weight));
  return largest;
}

/// Below half of the smallest scale, every code rounds to zero, so the group is zero.
bool rounds_to_zero(float largest) { return largest < smallest_scale / 2; }

/// The group with this scale, a half of either sign. Scale 0: all codes are zero.
QuantizedGroup quantize_with(GroupWeights weights, GroupImportance importance, CodeRange range,
                             std::uint16_t half) {
  constexpr double magic = 0x1.8p52;  // rounds to nearest even
  const double scale = half_to_float(half);
  QuantizedGroup group{.scale = half};
  double squared_error = 0;
  double weighted_error = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const double ratio = scale == 0 ? 0 : weights[i] / scale;
    const double limited = std::clamp(ratio, double(range.lowest), double(range.highest));
    const double code = (limited + magic) - magic;
    const double error = weights[i] - scale * code;
    group.codes[i] = static_cast<std::int8_t>(code);
    squared_error += error * error;
    weighted_error += importance[i] * (error * error);
  }
  group.squared_error = squared_error;
  group.weighted_error = weighted_error;
  return group;
}

/// Collects scales in the order of preference, without repetition, and finds the first of the best.
class Search {
 public:
  Search(GroupWeights weights, CodeRange range, GroupImportance importance = equal_importance)
      : weights_(weights), importance_(importance), range_(range) {}

  /// Adds exactly this scale, a positive one, negated if `sign` is 0x8000.
  void add_half(std::uint16_t half, std::uint16_t sign = 0) {
    if (half == 0) return;
    const auto scale = static_cast<std::uint16_t>(half | sign);
    const auto end = halves_.begin() + static_cast<std::ptrdiff_t>(count_);
    if (std::find(halves_.begin(), end, scale) == end) halves_[count_++] = scale;
  }

  /// Adds the fp16 numbers within `steps` of a positive scale.
  void add_near(float scale, int steps, std::uint16_t sign = 0) {
    const int middle = scale_to_half(scale);
    const int first = std::max<int>(middle - steps, scale_to_half(smallest_scale));
    const int last = std::min<int>(middle + steps, scale_to_half(65504.0F));
    for (int half = first; half <= last; ++half) add_half(static_cast<std::uint16_t>(half), sign);
  }

  /// The group with the best scale, or of zeros if none is better.
  [[nodiscard]] QuantizedGroup best(const TrialGroup& group) const {
    std::array<float, most_scales> scales;
    std::array<double, most_scales> errors;
    scales.fill(1);
    for (std::size_t i = 0; i < count_; ++i) scales[i] = half_to_float(halves_[i]);
    const std::size_t padded = (count_ + trial_lanes - 1) / trial_lanes * trial_lanes;
    best_trials().errors(group, range_, scales.data(), padded, errors.data());
    double least = 0;  // of zero codes
    for (std::size_t i = 0; i < size; ++i) {
      least += importance_[i] * (double{weights_[i]} * weights_[i]);
    }
    std::uint16_t best = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!(errors[i] < least)) continue;
      least = errors[i];
      best = halves_[i];
    }
    return quantize_with(weights_, importance_, range_, best);
  }

 private:
  static constexpr std::size_t most_scales = 32;
  GroupWeights weights_;
  GroupImportance importance_;
  CodeRange range_;
  std::array<std::uint16_t, most_scales> halves_;
  std::size_t count_ = 0;
};

/// For the codes of a trial scale: the best scale, Σ w·q / Σ q², and the resulting reduction of the
/// squared error, (Σ w·q)² / Σ q². Each term is weighted by its importance.
struct LeastSquares {
  float scale = 0;
  float gain = -1;
};

LeastSquares least_squares(float product, float square) {
  if (square == 0) return {};
  const float scale = product / square;
  return {.scale = scale, .gain = product * scale};
}

/// The code of the largest weight under each trial scale. Every quarter from 4 to 10 finds the best
/// scale of a random group (an exhaustive search over all halves improves the squared error by at
/// most 0.02 %). 1, 2, 3 and the other integers find lattices exactly.
constexpr std::size_t trial_count = 28;
constexpr std::array<float, trial_count> trial_codes = [] {
  std::array<float, trial_count> codes{1, 2, 3};
  for (std::size_t i = 3; i < codes.size(); ++i) codes[i] = 4 + 0.25F * static_cast<float>(i - 3);
  return codes;
}();

/// The first trials reach codes up to ±7. They need no limits, and those of the negated scale have
/// the same result.
constexpr std::size_t unlimited_trials = 16;
constexpr std::size_t limited_trials = trial_count - unlimited_trials;
static_assert(trial_codes[unlimited_trials - 1] == 7);
static_assert(unlimited_trials % trial_lanes == 0 && 2 * limited_trials % trial_lanes == 0);

struct Trials {
  std::array<float, trial_count> scales;
  std::array<float, trial_count> gains;

  void set(std::size_t trial, LeastSquares fit) {
    scales[trial] = fit.scale;
    gains[trial] = fit.gain;
  }

  /// The first trial with the largest gain. Gains are squares or −1, so their bits compare like
  /// integers, which the compiler vectorizes.
  [[nodiscard]] std::size_t best() const {
    std::array<std::int32_t, trial_count> bits;
    for (std::size_t i = 0; i < trial_count; ++i) bits[i] = std::bit_cast<std::int32_t>(gains[i]);
    std::int32_t largest = bits[0];
    for (const std::int32_t each : bits) largest = std::max(largest, each);
    std::size_t first = 0;
    while (bits[first] != largest) ++first;
    return first;
  }
};

/// The trials among positive scales and among negative ones, whose fits have the scale's magnitude.
std::array<Trials, 2> fit_trials(const TrialGroup& group, float largest) {
  constexpr std::size_t count = unlimited_trials + 2 * limited_trials;
  std::array<float, count> inverse;
  std::array<float, count> products;
  std::array<float, count> squares;
  for (std::size_t i = 0; i < trial_count; ++i) inverse[i] = trial_codes[i] / largest;
  for (std::size_t i = trial_count; i < count; ++i) inverse[i] = -inverse[i - limited_trials];
  const ScaleTrials& arithmetic = best_trials();
  arithmetic.fit_int4_unlimited(group, inverse.data(), unlimited_trials, products.data(),
                                squares.data());
  arithmetic.fit_int4(group, inverse.data() + unlimited_trials, 2 * limited_trials,
                      products.data() + unlimited_trials, squares.data() + unlimited_trials);
  std::array<Trials, 2> trials;
  for (std::size_t i = 0; i < trial_count; ++i) {
    trials[0].set(i, least_squares(products[i], squares[i]));
  }
  trials[1] = trials[0];
  for (std::size_t i = trial_count; i < count; ++i) {
    trials[1].set(i - limited_trials, least_squares(-products[i], squares[i]));
  }
  return trials;
}

/// The scales of the two best trials, and for each the fit of its own codes; 0: there is none.
constexpr std::size_t refined_trials = 2;
struct Refined {
  std::array<float, refined_trials> scales{};
  std::array<float, refined_trials> fits{};
};

std::array<Refined, 2> refine(const TrialGroup& group, std::array<Trials, 2> trials) {
  std::array<Refined, 2> refined;
  std::array<float, trial_lanes> inverse;
  inverse.fill(1);
  for (std::size_t side = 0; side < 2; ++side) {
    for (std::size_t i = 0; i < refined_trials; ++i) {
      const std::size_t best = trials[side].best();
      const float scale = trials[side].scales[best];
      if (scale <= 0) break;
      refined[side].scales[i] = scale;
      inverse[side * refined_trials + i] = (side == 0 ? 1 : -1) / scale;
      trials[side].gains[best] = -1;
    }
  }
  std::array<float, trial_lanes> products;
  std::array<float, trial_lanes> squares;
  best_trials().fit_int4(group, inverse.data(), trial_lanes, products.data(), squares.data());
  for (std::size_t side = 0; side < 2; ++side) {
    for (std::size_t i = 0; i < refined_trials; ++i) {
      const std::size_t lane = side * refined_trials + i;
      refined[side].fits[i] =
          least_squares(side == 0 ? products[lane] : -products[lane], squares[lane]).scale;
    }
  }
  return refined;
}

/// If all weights are integer multiples of largest/m for some m below 127, returns that step;
/// otherwise 0. Finds the step of a source that was quantized earlier in larger groups.
float lattice_step(GroupWeights weights, float largest) {
  constexpr float tolerance =
      0x1p-12F;  // far above the rounding of a float product, far below chance
  constexpr std::size_t block = 2 * trial_lanes;
  for (std::size_t first = 1; first < 127; first += block) {
    std::array<float, block> inverse;
    std::array<float, block> distances;
    for (std::size_t i = 0; i < block; ++i) inverse[i] = static_cast<float>(first + i) / largest;
    best_trials().lattice_distances(weights.data(), inverse.data(), block, tolerance,
                                    distances.data());
    for (std::size_t i = 0; i < block && first + i < 127; ++i) {
      if (distances[i] < tolerance) return largest / static_cast<float>(first + i);
    }
  }
  return 0;
}

}  // namespace

QuantizedGroup quantize_int4(GroupWeights weights, GroupImportance importance) {
  const float largest = largest_magnitude(weights);
  if (rounds_to_zero(largest)) return quantize_with(weights, importance, int4_codes, 0);
  const bool equal = std::equal(importance.begin(), importance.end(), equal_importance.begin());
  const TrialGroup group{weights.data(), equal ? nullptr : importance.data()};
  const std::array<Refined, 2> refined = refine(group, fit_trials(group, largest));
  Search search(weights, int4_codes, importance);
  for (std::size_t side = 0; side < 2; ++side) {
    const std::uint16_t sign = side == 0 ? 0 : 0x8000U;
    for (std::size_t i = 0; i < refined_trials && refined[side].scales[i] > 0; ++i) {
      search.add_near(refined[side].scales[i], 1, sign);
      search.add_near(refined[side].fits[i], 1, sign);
    }
    // The usual rules, so that the result is never worse than theirs.
    search.add_half(scale_to_half(largest / 7), sign);
    search.add_half(scale_to_half(largest / 8), sign);
  }
  return search.best(group);
}

QuantizedGroup quantize_int8(GroupWeights weights) {
  constexpr int neighbours = 4;
  const float largest = largest_magnitude(weights);
  if (rounds_to_zero(largest)) return quantize_with(weights, equal_importance, int8_codes, 0);
  Search search(weights, int8_codes);
  search.add_near(largest / 127, neighbours);
  if (const float step = lattice_step(weights, largest); step > 0) search.add_near(step, 1);
  return search.best({weights.data(), nullptr});
}

}  // namespace ringlet::convert

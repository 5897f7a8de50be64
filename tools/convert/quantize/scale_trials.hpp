// Arithmetic of the search for scales: what each of many trial scales would give for one group of
// weights. It takes most of the time of a conversion, so it is compiled for several instruction
// sets. A lane is one trial, and each lane adds in the order of the weights, so all sets give the
// same bits.
#pragma once

#include <cstddef>

#include "kernels/packed_layout.hpp"

namespace ringlet::convert {

/// Counts of trials must be multiples of this. Callers fill up with any positive scale.
inline constexpr std::size_t trial_lanes = 8;

/// A group: 32 weights, and the importance of each one's squared error (null: all are 1).
struct TrialGroup {
  const float* weights;
  const float* importance;
};

struct CodeRange {
  int lowest;
  int highest;
};

struct ScaleTrials {
  /// For trial t the INT4 codes q = rne(weight · inverse[t]), limited to −8…7: products[t] = Σ w·q
  /// and squares[t] = Σ q², each term weighted by importance. Eight partial sums, by index modulo
  /// 8, are added in order. `inverse` can be negative.
  void (*fit_int4)(const TrialGroup& group, const float* inverse, std::size_t count,
                   float* products, float* squares);
  /// The same for steps that reach only codes within the limits.
  void (*fit_int4_unlimited)(const TrialGroup& group, const float* inverse, std::size_t count,
                             float* products, float* squares);
  /// errors[t] = Σ importance · (w − scale · q)² with q = rne(w / scales[t]), limited to `range`.
  /// Scales can be negative, and must not be zero.
  void (*errors)(const TrialGroup& group, CodeRange range, const float* scales, std::size_t count,
                 double* errors);
  /// distances[t] = max |w · inverse[t] − rne(w · inverse[t])| over the weights, or any number
  /// above `tolerance` if it is above that. Products are below 2^22.
  void (*lattice_distances)(const float* weights, const float* inverse, std::size_t count,
                            float tolerance, float* distances);
};

/// The trials for any processor, and the fastest ones for this processor.
[[nodiscard]] const ScaleTrials& portable_trials() noexcept;
[[nodiscard]] const ScaleTrials& best_trials() noexcept;

}  // namespace ringlet::convert

// The factors by which scalings of rotary embeddings divide frequencies, and multiply cosines and
// sines, so that a model reads longer contexts than it was first trained on.
#pragma once

#include <cstdint>
#include <vector>

namespace ringlet::convert {

/// Returns the factors of the scaling "llama3": wavelengths longer than `original`/`low` are
/// stretched by `factor`, those shorter than `original`/`high` are unchanged, and those between are
/// interpolated.
std::vector<double> llama3_factors(double theta, std::uint32_t rotary_dim, double factor,
                                   double low, double high, double original);

/// Returns the default factor of cosines and sines for "longrope", for a context of `factor` times
/// the original.
float longrope_scale(double factor, double original);

/// The settings of the scaling "yarn" (Peng et al., 2023).
struct Yarn {
  double factor = 1;
  double original = 0;    // the context before it was extended
  double beta_fast = 32;  // turns within that context from which on a pair keeps its frequency
  double beta_slow = 1;   // and up to which the factor divides it
  bool truncate = true;   // the bounds are rounded to whole pairs
};

/// Returns the factors of "yarn": pairs that turn fast are unchanged, those that turn slowly are
/// stretched, and the frequencies of those between are interpolated by the number of the pair.
std::vector<double> yarn_factors(double theta, std::uint32_t rotary_dim, const Yarn& yarn);

/// Returns the factor of cosines and sines for "yarn", for a context of `factor` times the
/// original.
double yarn_magnitude(double factor, double mscale);

}  // namespace ringlet::convert

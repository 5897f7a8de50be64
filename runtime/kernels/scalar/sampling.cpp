// What the sampler does with every logit of a vocabulary.
#include <limits>

#include "kernels/scalar/scalar.hpp"
#include "numerics/exp.hpp"
#include "numerics/reduction.hpp"

namespace ringlet::scalar {

float maximum(const float* x, std::size_t n) {
  float most = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < n; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

float weigh(const float* x, float best, float temperature, std::size_t n, float* y) {
  float partial[reduction_lanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    // The comparison is for infinities, whose difference is NaN. The difference is divided rather
    // than the logits, so that a tiny temperature overflows to −infinity, which is correct.
    const float weight = x[i] == best ? 1.0F : canonical_exp((x[i] - best) / temperature);
    partial[i % reduction_lanes] += weight;
    if (y != nullptr) y[i] = weight;
  }
  return reduce_tree(partial);
}

}  // namespace ringlet::scalar

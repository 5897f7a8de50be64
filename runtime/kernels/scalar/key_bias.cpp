// The contribution of a key bias to a score: a sum of waves over the positions of a page.
#include "kernels/cache_page.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/reduction.hpp"

namespace ringlet::scalar {

void add_key_bias(const KeyBiasTerms& terms, std::size_t heads, float* scores,
                  std::size_t score_stride) {
  for (std::size_t h = 0; h < heads; ++h) {
    const float* real = terms.phasors + 2 * h * terms.count;
    const float* imaginary = real + terms.count;
    for (std::size_t j = 0; j < page::positions; ++j) {
      float sum = terms.offsets[h];
      for (std::size_t i = 0; i < terms.count; ++i) {
        const float* turns = terms.turns + key_bias_turns(terms.pairs[i]);
        sum = fused_multiply_add(real[i], turns[j], sum);
        sum = fused_multiply_add(imaginary[i], turns[page::positions + j], sum);
      }
      scores[h * score_stride + j] += sum;
    }
  }
}

}  // namespace ringlet::scalar

// The contribution of a key bias to scores, over a vector type V (see README.md).
#pragma once

#include <cstddef>

#include "kernels/cache_page.hpp"
#include "kernels/cache_view.hpp"

namespace ringlet::simd {

/// `vectors` vectors of positions of one head, from `first` on.
template <typename V, std::size_t vectors>
[[gnu::always_inline]] inline void add_key_bias_block(const KeyBiasTerms& terms, std::size_t head,
                                                      std::size_t first, float* scores) {
  const float* real = terms.phasors + 2 * head * terms.count;
  const float* imaginary = real + terms.count;
  typename V::Floats sums[vectors];
  for (auto& sum : sums) sum = V::set(terms.offsets[head]);
  for (std::size_t i = 0; i < terms.count; ++i) {
    const float* turns = terms.turns + key_bias_turns(terms.pairs[i]) + first;
    const auto re = V::set(real[i]);
    const auto im = V::set(imaginary[i]);
    for (std::size_t v = 0; v < vectors; ++v) {
      sums[v] = V::fma(re, V::load(turns + v * V::width), sums[v]);
    }
    for (std::size_t v = 0; v < vectors; ++v) {
      sums[v] = V::fma(im, V::load(turns + page::positions + v * V::width), sums[v]);
    }
  }
  for (std::size_t v = 0; v < vectors; ++v) {
    float* at = scores + first + v * V::width;
    V::store(at, V::add(V::load(at), sums[v]));
  }
}

/// Lanes are positions: all 32, or the 16 that four registers hold.
template <typename V>
void add_key_bias(const KeyBiasTerms& terms, std::size_t heads, float* scores,
                  std::size_t score_stride) {
  constexpr std::size_t vectors = V::width >= 8 ? page::positions / V::width : 4;
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t first = 0; first < page::positions; first += vectors * V::width) {
      add_key_bias_block<V, vectors>(terms, h, first, scores + h * score_stride);
    }
  }
}

}  // namespace ringlet::simd

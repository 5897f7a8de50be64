// What layers without attention compute, over a vector type V (README.md): convolutions and linear
// recurrences. The lanes of a recurrence are rows of its state, so no sum crosses a vector.
#pragma once

#include <cstddef>

#include "kernels/packed_layout.hpp"
#include "kernels/scalar/scalar.hpp"
#include "kernels/simd/elementwise.hpp"

namespace ringlet::simd {

template <typename V>
void convolve(const float* const* rows, const float* taps, std::size_t tap_stride,
              std::size_t count, const float* start, std::size_t n, float* y) {
  std::size_t i = 0;
  for (; i + V::width <= n; i += V::width) {
    typename V::Floats sum = start == nullptr ? V::set(0.0F) : V::load(start + i);
    for (std::size_t j = 0; j < count; ++j) {
      sum = V::fma(V::load(taps + j * tap_stride + i), V::load(rows[j] + i), sum);
    }
    V::store(y + i, sum);
  }
  for (; i < n; ++i) {
    float sum = start == nullptr ? 0.0F : start[i];
    for (std::size_t j = 0; j < count; ++j) {
      sum = fused_multiply_add(taps[j * tap_stride + i], rows[j][i], sum);
    }
    y[i] = sum;
  }
}

template <typename V>
float dot_of_floats(const float* a, const float* b, std::size_t n) {
  return dot<V>(a, b, n);
}

/// The elements of some rows of a column after all updates.
template <typename V>
[[gnu::always_inline]] inline typename V::Floats updated(typename V::Floats s,
                                                         const StateUpdate* updates,
                                                         std::size_t count, std::size_t row,
                                                         std::size_t column) {
  for (std::size_t j = 0; j < count; ++j) {
    s = V::fma(V::load(updates[j].u + row), V::set(updates[j].k[column]),
               V::mul(s, V::set(updates[j].decay)));
    s = V::select_less(V::absolute(s), V::set(scalar::smallest_state), V::set(0.0F), s);
  }
  return s;
}

template <typename V>
void recur(const float* from, float* to, std::size_t columns, const StateUpdate* updates,
           std::size_t count, const StateStep* step) {
  constexpr std::size_t rows = packed::panel_rows;
  const float* k = step == nullptr ? nullptr : step->k;
  const float* q = step == nullptr ? nullptr : step->q;
  for (std::size_t r = 0; r < rows; r += V::width) {
    typename V::Floats a[4];
    typename V::Floats c[4];
    for (std::size_t j = 0; j < 4; ++j) a[j] = c[j] = V::set(0.0F);
    for (std::size_t i = 0; i < columns; i += 4) {
      for (std::size_t j = 0; j < 4; ++j) {
        const std::size_t at = (i + j) * rows + r;
        auto s = from == nullptr ? V::set(0.0F) : V::load(from + at);
        s = updated<V>(s, updates, count, r, i + j);
        if (to != nullptr) V::store(to + at, s);
        if (step == nullptr) continue;
        a[j] = V::fma(s, V::set(k[i + j]), a[j]);
        c[j] = V::fma(s, V::set(q[i + j]), c[j]);
      }
    }
    if (step == nullptr) continue;
    const auto key_sum = V::add(V::add(a[0], a[2]), V::add(a[1], a[3]));
    const auto query_sum = V::add(V::add(c[0], c[2]), V::add(c[1], c[3]));
    const auto error = V::fma(key_sum, V::set(0.0F - step->decay), V::load(step->v + r));
    const auto u = V::mul(error, V::set(step->beta));
    V::store(step->u + r, u);
    V::store(step->out + r,
             V::fma(u, V::set(step->k_dot_q), V::mul(query_sum, V::set(step->decay))));
  }
}

}  // namespace ringlet::simd

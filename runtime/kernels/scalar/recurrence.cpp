// What layers without attention compute: convolutions and linear recurrences.
#include "kernels/packed_layout.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numerics/finite.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::scalar {

void convolve(const float* const* rows, const float* taps, std::size_t tap_stride,
              std::size_t count, const float* start, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; ++i) {
    float sum = start == nullptr ? 0.0F : start[i];
    for (std::size_t j = 0; j < count; ++j) {
      sum = fused_multiply_add(taps[j * tap_stride + i], rows[j][i], sum);
    }
    y[i] = sum;
  }
}

float dot(const float* a, const float* b, std::size_t n) {
  return canonical_dot(a, n, [b](std::size_t i) { return b[i]; });
}

void recur(const float* from, float* to, std::size_t columns, const StateUpdate* updates,
           std::size_t count, const StateStep* step) {
  for (std::size_t r = 0; r < packed::panel_rows; ++r) {
    float a[4] = {};
    float c[4] = {};
    for (std::size_t i = 0; i < columns; ++i) {
      const std::size_t at = i * packed::panel_rows + r;
      float s = from == nullptr ? 0.0F : from[at];
      for (std::size_t j = 0; j < count; ++j) {
        s = fused_multiply_add(updates[j].u[r], updates[j].k[i], s * updates[j].decay);
        if (magnitude(s) < smallest_state) s = 0.0F;
      }
      if (to != nullptr) to[at] = s;
      if (step == nullptr) continue;
      a[i % 4] = fused_multiply_add(s, step->k[i], a[i % 4]);
      c[i % 4] = fused_multiply_add(s, step->q[i], c[i % 4]);
    }
    if (step == nullptr) continue;
    const float key_sum = (a[0] + a[2]) + (a[1] + a[3]);
    const float query_sum = (c[0] + c[2]) + (c[1] + c[3]);
    const float u = fused_multiply_add(key_sum, 0.0F - step->decay, step->v[r]) * step->beta;
    step->u[r] = u;
    step->out[r] = fused_multiply_add(u, step->k_dot_q, query_sum * step->decay);
  }
}

}  // namespace ringlet::scalar

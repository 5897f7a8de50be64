#include "cache/int4_group.hpp"

#include <initializer_list>

#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {
namespace {

std::int8_t to_int4(float value) {
  const std::int32_t rounded = round_to_int(value);
  return static_cast<std::int8_t>(rounded > 7 ? 7 : rounded < -8 ? -8 : rounded);
}

/// The number of largest magnitude, with its sign.
float extreme(const float* x, std::size_t n) {
  float most = x[0];
  for (std::size_t i = 1; i < n; ++i) most = magnitude(x[i]) > magnitude(most) ? x[i] : most;
  return most;
}

/// Codes and how well they do.
struct Fit {
  std::int8_t codes[int4_group_size] = {};
  float scale = 0;
  float gain = 0;  // the squared norm that the fit explains
};

Fit fit(const float* x, std::size_t n, float inverse) {
  Fit result;
  std::int32_t squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    result.codes[i] = to_int4(x[i] * inverse);
    squares += result.codes[i] * result.codes[i];
  }
  const float product =
      canonical_dot(x, n, [&result](std::size_t i) { return static_cast<float>(result.codes[i]); });
  if (squares == 0) return result;
  result.scale = product / static_cast<float>(squares);
  result.gain = result.scale * product;
  return result;
}

}  // namespace

Int4Group quantize_int4_group(const float* x, std::size_t n) noexcept {
  Int4Group group{};
  const float most = extreme(x, n);
  if (!(magnitude(most) >= smallest_group_maximum)) return group;
  Fit best;
  for (const float end : {-8.0F, -7.3F, -8.7F}) {
    const Fit candidate = fit(x, n, end / most);
    if (candidate.gain > best.gain) best = candidate;
  }
  // Below the smallest scale the codes have to be those of that scale.
  if (magnitude(best.scale) < smallest_scale) {
    best = fit(x, n, best.scale < 0 ? -1.0F / smallest_scale : 1.0F / smallest_scale);
    best.scale = best.scale < 0 ? -smallest_scale : smallest_scale;
  }
  for (std::size_t i = 0; i < int4_group_size; ++i) group.codes[i] = best.codes[i];
  group.scale = signed_scale_to_half(best.scale);
  return group;
}

}  // namespace ringlet

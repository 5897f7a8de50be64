// Quantizes keys and values to codes with an fp16 scale.
#include "kernels/scalar/scalar.hpp"
#include "numerics/half.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"

namespace ringlet::scalar {
namespace {

constexpr std::size_t group = 32;

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

/// Codes, and the quality of their fit.
struct Fit {
  std::int8_t codes[group] = {};
  float scale = 0;
  float gain = 0;  // squared norm that the fit explains
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

std::uint16_t quantize_int8(const float* x, std::size_t n, std::int8_t* codes) {
  float maximum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float value = magnitude(x[i]);
    maximum = value > maximum ? value : maximum;
  }
  const bool zero = !(maximum >= smallest_group_maximum);
  const std::uint16_t scale = zero ? std::uint16_t{0} : scale_to_half(maximum / 127.0F);
  const float inverse = zero ? 0.0F : 1.0F / half_to_float(scale);
  for (std::size_t i = 0; i < n; ++i) codes[i] = zero ? std::int8_t{0} : to_int8(x[i] * inverse);
  return scale;
}

std::uint16_t quantize_int4(const float* x, std::size_t n, std::int8_t* codes) {
  Fit best;
  const float most = extreme(x, n);
  if (magnitude(most) >= smallest_group_maximum) {
    for (std::size_t i = 0; i < int4_steps; ++i) {
      const Fit candidate = fit(x, n, int4_end(i) / most);
      if (candidate.gain > best.gain) best = candidate;
    }
    // Below the smallest scale, the codes must be those of that scale.
    if (magnitude(best.scale) < smallest_scale) {
      const float least = best.scale < 0 ? -smallest_scale : smallest_scale;
      best = fit(x, n, 1.0F / least);
      best.scale = least;
    }
  }
  for (std::size_t i = 0; i < group; ++i) codes[i] = best.codes[i];
  return signed_scale_to_half(best.scale);
}

}  // namespace ringlet::scalar

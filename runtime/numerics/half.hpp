// Conversion of IEEE 754 binary16 by integer arithmetic, with the same bits on every target.
#pragma once

#include <bit>
#include <cstdint>

namespace ringlet {

/// Exact for every half, including denormals, infinities and NaN.
[[gnu::always_inline]] constexpr float half_to_float(std::uint16_t half) noexcept {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 31U;
  const std::uint32_t mantissa = half & 1023U;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13));
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

/// Rounds to nearest even. Values beyond the largest half (65504), and NaN, become the largest half
/// with their sign.
constexpr std::uint16_t float_to_half(float value) noexcept {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7BFFU);
  if (magnitude < 0x38800000U) {
    // Below 2^-14: adding 0.5 leaves the value, rounded to a multiple of 2^-24, in the low bits.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000U));
  }
  const std::uint32_t rounded = magnitude + 0xFFFU + ((magnitude >> 13) & 1U);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000U) >> 13));
}

/// The smallest scale that is stored. Halves below it are denormal, and some targets flush those.
inline constexpr float smallest_scale = 0x1p-14F;

/// Converts a non-negative scale: 0 stays 0, every other value becomes one in [2^-14, 65504].
constexpr std::uint16_t scale_to_half(float scale) noexcept {
  if (!(scale > 0)) return 0;
  return float_to_half(scale < smallest_scale ? smallest_scale : scale);
}

/// Converts a scale of either sign.
constexpr std::uint16_t signed_scale_to_half(float scale) noexcept {
  return scale < 0 ? static_cast<std::uint16_t>(0x8000U | scale_to_half(-scale))
                   : scale_to_half(scale);
}

}  // namespace ringlet

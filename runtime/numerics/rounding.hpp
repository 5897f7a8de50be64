// Rounding to integer by magic addition. It gives the same result on every target: it needs no
// vector conversion instruction and no rounding mode other than round to nearest.
#pragma once

#include <bit>
#include <cstdint>

namespace ringlet {

inline constexpr float rounding_magic = 12582912.0F;  // 1.5 · 2^23

/// Groups whose largest magnitude is below this are stored as zero, so that no product of scales
/// becomes denormal. Some targets flush those.
inline constexpr float smallest_group_maximum = 0x1p-60F;

/// Returns round-half-even(value) for |value| < 2^22. Any other input gives some integer, never
/// undefined behavior.
inline std::int32_t round_to_int(float value) noexcept {
  return static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(value + rounding_magic) -
                                   0x4B400000U);
}

/// Returns |value| by clearing the sign bit.
inline float magnitude(float value) noexcept {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU);
}

/// Rounds a value to an INT8 code in −127…127.
inline std::int8_t to_int8(float value) noexcept {
  const std::int32_t rounded = round_to_int(value);
  return static_cast<std::int8_t>(rounded > 127 ? 127 : rounded < -127 ? -127 : rounded);
}

/// Rounds a value that is within ±16384 unless it is NaN. NaN becomes some level in that range, so
/// that sums of products with codes cannot overflow.
inline std::int32_t to_level(float value) noexcept {
  const std::int32_t rounded = round_to_int(value);
  return rounded > 16384 ? 16384 : rounded < -16384 ? -16384 : rounded;
}

}  // namespace ringlet

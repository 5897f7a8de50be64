// Rounding of a 64-bit integer to the 24 bits of a float, by operations on 32 bits.
#pragma once

#include <bit>
#include <cstdint>

namespace ringlet {

/// fraction · 2^shift.
struct Rounded24 {
  std::int32_t fraction;  // 2^23…2^24 in magnitude
  std::int32_t shift;
};

/// Rounds a value to nearest even, and exactly if 24 bits hold it. Zero and −1 have fractions of
/// any size.
[[gnu::always_inline]] inline Rounded24 round_to_24_bits(std::int64_t value) noexcept {
  auto high = static_cast<std::int32_t>(value >> 32);
  auto low = static_cast<std::uint32_t>(value);
  std::int32_t shift = 39;
  if (high == static_cast<std::int32_t>(low) >> 31) {
    high = static_cast<std::int32_t>(low);
    low = 0;
    shift = 7;
  }
  // All but one of the bits that repeat the sign.
  const std::int32_t left = std::countl_zero(static_cast<std::uint32_t>(high ^ high >> 31)) - 1;
  auto bits = static_cast<std::uint32_t>(high) << left | low >> 1 >> (31 - left);
  if (low << left != 0) bits |= 1;  // sticky, far below the last bit
  const std::int32_t fraction = static_cast<std::int32_t>(bits) >> 7;
  const auto rest = static_cast<std::int32_t>(bits & 127U);
  return {fraction + ((rest + 63 + (fraction & 1)) >> 7), shift - left};
}

}  // namespace ringlet

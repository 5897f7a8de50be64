// The INT4 codes of a group of numbers that share a scale.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringlet {

inline constexpr std::size_t int4_group_size = 32;

/// Codes in −8…7 and a scale: number ≈ code · scale.
struct Int4Group {
  std::int8_t codes[int4_group_size];
  std::uint16_t scale = 0;  // fp16 of either sign, zero or at least 2^-14 in magnitude
};

/// Quantizes n ≤ 32 numbers; the rest of the codes is zero. Every operation is part of the
/// contract: with m the first number of largest magnitude, each step m/c for c in −8, −7.3, −8.7
/// gives codes rne(x · (c/m)) clamped to −8…7 and the fit s = Σ x·code / Σ code² (sixteen partial
/// sums, see numerics/reduction.hpp); the step of largest s · Σ x·code, which is the one of least
/// squared error, wins, the first of equals.
[[nodiscard]] Int4Group quantize_int4_group(const float* x, std::size_t n) noexcept;

}  // namespace ringlet

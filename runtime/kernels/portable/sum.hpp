// The running sums of the rows of a panel: acc = fma(float(dot), scale_w·scale_x, acc).
//
// Without a float unit they are integers, because most of a multiply-add of floats is taking
// numbers apart and putting them together.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "kernels/packed_layout.hpp"
#include "kernels/portable/vector.hpp"
#include "numerics/round_word.hpp"

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

#if !defined(RINGLET_PORTABLE_BY_INTEGERS)

using Sum = float;

/// half_to_float, faster: the fields of a half in the places of those of a float, whose exponent is
/// 112 too small.
inline float scale_to_float(std::uint16_t half) {
  if ((half & 0x7C00U) == 0x7C00U) return half_to_float(half);  // infinity and NaN
  const std::uint32_t fields = std::uint32_t{half} << 13;
  const std::uint32_t sign = (fields & 0x10000000U) << 3;
  return std::bit_cast<float>(sign | (fields & 0x0FFFFFFFU)) * 0x1p112F;
}

inline void clear(Sum& sum) { sum = 0.0F; }
inline float to_float(Sum sum) { return sum; }

/// Adds the products of a group for 16 rows.
inline void add_scaled(const std::int32_t* dots, const std::uint16_t* scales, float x_scale,
                       Sum* sums) {
  for (std::size_t r = 0; r < packed::panel_rows; ++r) {
    const float scale = scale_to_float(scales[r]) * x_scale;
    sums[r] = Vector::fma(static_cast<float>(dots[r]), scale, sums[r]);
  }
}

#else

/// fraction · 2^unit, with a fraction of 24 bits (2^24 after a carry) or 0. Infinity and NaN have
/// the unit of a number that is too large, so that to_float gives them back.
struct Sum {
  std::int32_t fraction;
  std::int32_t unit;  // of no meaning if the fraction is 0
};

inline void clear(Sum& sum) { sum.fraction = 0; }

inline float to_float(Sum sum) {
  if (sum.fraction == 0) return 0.0F;
  const std::uint32_t sign = sum.fraction < 0 ? 0x80000000U : 0;
  const auto fraction = static_cast<std::uint32_t>(sum.fraction < 0 ? -sum.fraction : sum.fraction);
  return std::bit_cast<float>(sign |
                              ((static_cast<std::uint32_t>(sum.unit + 149) << 23) + fraction));
}

inline Sum to_sum(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (bits << 1 == 0) return {0, 0};
  const std::uint32_t exponent = bits << 1 >> 24;
  const auto fraction =
      static_cast<std::int32_t>((bits & 0x7FFFFFU) | (exponent != 0 ? 0x800000U : 0));
  return {bits >> 31 != 0 ? -fraction : fraction,
          static_cast<std::int32_t>(exponent != 0 ? exponent : 1) - 150};
}

/// The sum by floats, for any numbers.
[[gnu::noinline]] void add_any(std::int32_t dot, std::uint16_t half, float x_scale, Sum& sum) {
  const float scale = half_to_float(half) * x_scale;
  sum = to_sum(exact_fused_multiply_add(static_cast<float>(dot), scale, to_float(sum)));
}

/// A scale of activations: (2^12·high + low) · 2^unit.
struct Scale {
  std::uint32_t high;
  std::uint32_t low;
  std::int32_t unit;
};

/// The product of a half (not zero, denormal or infinite) and a scale, rounded to 24 bits. It has
/// 34 or 35 bits and loses ten or eleven.
struct Product {
  std::uint32_t fraction;
  std::int32_t unit;
};
inline Product multiply(std::uint32_t half, const Scale& scale) {
  const std::uint32_t fraction = (half & 1023U) | 1024U;
  const std::uint32_t low = fraction * scale.low;
  std::uint32_t bits = ((fraction * scale.high) << 2) + (low >> 10);
  std::uint32_t rest = low & 1023U;  // of 2^10
  const std::int32_t unit = static_cast<std::int32_t>(half >> 10 & 31U) + scale.unit;
  if (bits >> 24 == 0) return {bits + ((rest + 511 + (bits & 1U)) >> 10), unit};
  rest |= (bits & 1U) << 10;
  bits >>= 1;
  return {bits + ((rest + 1023 + (bits & 1U)) >> 11), unit + 1};
}

/// Adds one product, unless it is zero or has a half that is denormal, infinite or NaN.
inline bool add_product(std::int32_t dot, std::uint32_t half, const Scale& scale, Sum& sum) {
  if ((half >> 10 & 31U) - 1 >= 30) return (half & 0x7FFFU) == 0;
  if (dot == 0) return true;
  const Product factor = multiply(half, scale);
  std::int64_t total =
      std::int64_t{half >> 15 != 0 ? -dot : dot} * static_cast<std::int32_t>(factor.fraction);
  std::int32_t unit = factor.unit;
  if (sum.fraction != 0) {
    const std::int32_t shift = sum.unit - unit;
    if (shift >= 0 && shift <= 30) {
      const std::int32_t high = sum.fraction >> 1 >> (31 - shift);
      const std::uint32_t low = static_cast<std::uint32_t>(sum.fraction) << shift;
      total += std::int64_t{high} * (std::int64_t{1} << 32) + low;
    } else if (shift < 0 && shift >= -18) {
      total = (total << -shift) + sum.fraction;
      unit = sum.unit;
    } else {
      return false;
    }
  }
  const Rounded24 rounded = round_to_24_bits(total);
  sum = {rounded.fraction, unit + rounded.shift};
  return true;
}

/// Adds the products of a group for 16 rows.
inline void add_scaled(const std::int32_t* dots, const std::uint16_t* scales, float x_scale,
                       Sum* sums) {
  const auto bits = std::bit_cast<std::uint32_t>(x_scale);
  // Nothing within these limits becomes too large or too small for a float.
  const bool usual = bits >= std::bit_cast<std::uint32_t>(0x1p-75F) &&
                     bits < std::bit_cast<std::uint32_t>(0x1p60F);
  const std::uint32_t fraction = (bits & 0x7FFFFFU) | 0x800000U;
  const Scale scale = {fraction >> 12, fraction & 0xFFFU,
                       static_cast<std::int32_t>(bits >> 23) - 150 - 25 + 10};
  for (std::size_t r = 0; r < packed::panel_rows; ++r) {
    if (usual && add_product(dots[r], scales[r], scale, sums[r])) continue;
    add_any(dots[r], scales[r], x_scale, sums[r]);
  }
}

#endif

}  // namespace
}  // namespace ringlet::portable

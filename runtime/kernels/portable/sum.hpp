// The running sums of the rows of a panel: acc = fma(float(dot), scale_w·scale_x, acc).
//
// Without a float unit they are integers, because most of a multiply-add of floats is taking
// numbers apart and putting them together.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "kernels/packed_layout.hpp"
#include "kernels/portable/vector.hpp"

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

/// A scale of activations: (8·high + low) · 2^unit.
struct Scale {
  std::uint32_t high;
  std::uint32_t low;
  std::int32_t unit;
};

/// The product of a half (not zero, denormal or infinite) and a scale, rounded to 24 bits.
struct Product {
  std::uint32_t fraction;
  std::int32_t unit;
};
inline Product multiply(std::uint32_t half, const Scale& scale) {
  const std::uint32_t fraction = (half & 1023U) + 1024;
  const std::uint32_t low = fraction * scale.low;
  // Of 34 or 35 bits the upper 31 or 32. The others must only not be lost.
  std::uint32_t bits = (fraction * scale.high + (low >> 3)) | (low & 7U);
  auto unit = static_cast<std::int32_t>(half << 17 >> 27) + scale.unit;
  if (bits >> 31 != 0) {
    bits = bits >> 1 | (bits & 1U);
    ++unit;
  }
  return {(bits + 63 + (bits >> 7 & 1U)) >> 7, unit};
}

/// By the bits of a magnitude from 24 on: how many there are, less one. Processors without CLZ
/// would need a dozen instructions.
inline constexpr auto excess_bits = [] {
  std::array<std::uint8_t, 128> table{};
  for (std::uint32_t i = 1; i < table.size(); ++i) {
    table[i] = static_cast<std::uint8_t>(std::bit_width(i) - 1);
  }
  return table;
}();

/// A number whose 24 leading bits are wanted: (high + low · 2^-32) · 2^unit.
struct Total {
  std::int32_t high;
  std::uint32_t low;
  std::int32_t unit;
};

inline Sum round_to_sum(Total total) {
  auto [high, low, unit] = total;
  std::uint32_t excess = static_cast<std::uint32_t>(high ^ high >> 31) >> 24;
  while (excess == 0) [[unlikely]] {
      if (high == 0 && low == 0) return {0, 0};
      high = static_cast<std::int32_t>(static_cast<std::uint32_t>(high) << 6 | low >> 26);
      low <<= 6;
      unit -= 6;
      excess = static_cast<std::uint32_t>(high ^ high >> 31) >> 24;
    }
  const std::int32_t shift = excess_bits[excess];
  unit += shift + 1;
  std::int32_t halves = high >> shift;
  // Exactly half goes to the even number, anything above it up.
  const bool rest = low != 0 || (halves & 2) != 0 || halves * (1 << shift) != high;
  halves += rest ? 1 : 0;
  return {halves >> 1, unit};
}

/// dot · fraction · 2^unit.
inline Total total_of(std::int32_t dot, std::uint32_t fraction, std::int32_t unit) {
  if (dot == static_cast<std::int16_t>(dot)) [[likely]] {
    const std::int32_t rest = dot * static_cast<std::int32_t>(fraction & 511U);
    return {dot * static_cast<std::int32_t>(fraction >> 9) + (rest >> 9),
            static_cast<std::uint32_t>(rest) << 23, unit + 9};
  }
  const std::int64_t product = std::int64_t{dot} * static_cast<std::int32_t>(fraction);
  return {static_cast<std::int32_t>(product >> 14), static_cast<std::uint32_t>(product) << 18,
          unit + 14};
}

/// Adds one product, unless it is too far from the sum, or has a half that is denormal, infinite or
/// NaN. No bit is lost.
[[gnu::always_inline]] inline bool add_product(std::int32_t dot, std::uint32_t half,
                                               const Scale& scale, Sum& sum) {
  if ((half << 17 >> 27) - 1 >= 30) [[unlikely]]
    return (half & 0x7FFFU) == 0;
  const Product factor = multiply(half, scale);
  Total total = total_of(half >> 15 != 0 ? -dot : dot, factor.fraction, factor.unit);
  if (sum.fraction != 0) {
    std::int32_t shift = sum.unit - total.unit;
    if (shift < 0) {
      if (shift < -31) return false;
      const std::uint32_t part = static_cast<std::uint32_t>(sum.fraction) << (32 + shift);
      total.low += part;
      total.high += (sum.fraction >> -shift) + static_cast<std::int32_t>(total.low < part);
    } else {
      if (shift > 5) [[unlikely]] {
        const std::int32_t less = shift - 5;
        if (less > 18) return false;
        total = {total.high >> less,
                 total.low >> less | static_cast<std::uint32_t>(total.high) << (32 - less),
                 total.unit + less};
        shift = 5;
      }
      total.high += sum.fraction * (1 << shift);
    }
  }
  sum = round_to_sum(total);
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
  const Scale scale = {fraction >> 3, fraction & 7U,
                       static_cast<std::int32_t>(bits >> 23) - 150 - 25 + 10};
  for (std::size_t r = 0; r < packed::panel_rows; ++r) {
    if (usual && add_product(dots[r], scales[r], scale, sums[r])) [[likely]]
      continue;
    add_any(dots[r], scales[r], x_scale, sums[r]);
  }
}

#endif

}  // namespace
}  // namespace ringlet::portable

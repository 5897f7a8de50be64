// The lines of exp_by_floats as operations on fixed-point numbers. For 2^-9 <= |x| <= 80 and a
// remainder of at least 2^-9, the binary places of each intermediate result are known, so nothing
// has to be taken apart and put together. All other numbers are left to exp_by_floats.
#include <bit>
#include <cstdint>

#include "numerics/exp.hpp"
#include "numerics/round_word.hpp"
#include "numerics/wide_product.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }
/// The 24 bits of a positive normal number.
constexpr std::int32_t fraction_of(float value) {
  return static_cast<std::int32_t>((bits_of(value) & 0x7FFFFFU) | 0x800000U);
}

/// The integer nearest to x · log2 e, for x = fraction · 2^exponent.
std::int32_t nearest_power(std::uint32_t fraction, std::int32_t exponent) {
  constexpr auto log2_e = static_cast<std::uint32_t>(fraction_of(1.44269504088896341F));  // · 2^-23
  const std::uint64_t product = wide_product_24(fraction, log2_e);
  const auto high = static_cast<std::uint32_t>(product >> 32);
  const std::int32_t shift = 23 - exponent - 33;  // 7…23 of the upper half, except for one bit
  const std::uint32_t halves = high >> shift;
  const bool rest = (high << (32 - shift) | static_cast<std::uint32_t>(product)) != 0;
  const bool up = (halves & 1U) != 0 && (rest || (halves & 2U) != 0);
  return static_cast<std::int32_t>((halves >> 1) + static_cast<std::uint32_t>(up));
}

/// p·r + coefficient rounded to nearest even, where r has 32 binary places and the result has
/// 32 − `places` fewer than the product.
template <int places>
[[gnu::always_inline]] inline std::int32_t step(std::int32_t p, std::int32_t r,
                                                std::int32_t coefficient) {
  const WideProduct product = wide_product(p, r);
  const std::int32_t sticky = product.low != 0 ? 1 : 0;
  const std::int32_t sum = ((coefficient << places) + product.high) * 2 + sticky;
  const std::int32_t result = sum >> (places + 1);
  constexpr std::int32_t mask = (2 << places) - 1;
  return result + (((sum & mask) + (mask >> 1) + (result & 1)) >> (places + 1));
}

/// x / 2^shift rounded to nearest even, 1 <= shift < 24.
std::int32_t shift_rounded(std::int32_t x, std::int32_t shift) {
  const std::int32_t result = x >> shift;
  const std::int32_t mask = (1 << shift) - 1;
  return result + (((x & mask) + (mask >> 1) + (result & 1)) >> shift);
}

/// 1 + r + r²·p(r), as bits. r has 32 binary places and at most 24 significant bits.
std::uint32_t polynomial(std::int32_t r) {
  std::int32_t p = fraction_of(1.9875691500e-4F);    // 36 binary places
  p = step<3>(p, r, fraction_of(1.3981999507e-3F));  // 33
  p = step<3>(p, r, fraction_of(8.3334519073e-3F));  // 30
  p = step<2>(p, r, fraction_of(4.1665795894e-2F));  // 28
  p = step<2>(p, r, fraction_of(1.6666665459e-1F));  // 26
  static_assert(5.0000001201e-1F == 0.5F);
  const bool negative = r < 0;  // then the next is below 0.5
  p = negative ? step<1>(p, r, 1 << 24) : step<2>(p, r, 1 << 23);
  const std::int32_t p_places = negative ? 25 : 24;

  const Rounded24 square = round_to_24_bits(long_product(r, r));
  const std::int32_t places = p_places + 64 - square.shift;
  // The mask is for r = 0, whose factor does not matter.
  const std::int64_t linear = std::int64_t{r} << ((places - 32) & 63);
  const Rounded24 sum = round_to_24_bits(long_product(p, square.fraction) + linear);
  // The last bit of a result below 1 is 2^-24.
  const std::int32_t sum_places = places - sum.shift;
  return bits_of(1.0F) +
         static_cast<std::uint32_t>(shift_rounded(sum.fraction, sum_places - (negative ? 24 : 23)));
}

}  // namespace

float exp_by_integers(float x) noexcept {
  const std::uint32_t bits = bits_of(x);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  constexpr std::uint32_t least = bits_of(0x1p-9F);
  if (magnitude - least > bits_of(exp_limit) - least) return exp_by_floats(x);
  const std::uint32_t fraction = (bits & 0x7FFFFFU) | 0x800000U;
  const auto exponent = static_cast<std::int32_t>(magnitude >> 23) - 150;
  std::int32_t n = nearest_power(fraction, exponent);
  auto whole = static_cast<std::int32_t>(fraction);
  if (bits != magnitude) {
    n = -n;
    whole = -whole;
  }
  std::int32_t r = 0;  // with 32 binary places
  if (n == 0) {
    if (exponent < -32) return exp_by_floats(x);
    r = whole << (exponent + 32);
  } else {
    // The first remainder is exact with 25 places; bits above those of the result do not matter.
    constexpr std::uint32_t first = 22713U << 10;  // 0.693145751953125 · 2^25
    const std::uint32_t scaled = static_cast<std::uint32_t>(whole) << (exponent + 25);
    const auto remainder =
        static_cast<std::int32_t>(scaled - static_cast<std::uint32_t>(n) * first);
    constexpr std::int32_t second = fraction_of(1.42860677e-06F);  // · 2^-43
    const std::int32_t whole_part = n * second;                    // |n| ≤ 116
    const Rounded24 rounded = round_to_24_bits(std::int64_t{remainder} * (1 << 18) - whole_part);
    const std::int32_t shift = rounded.shift - 43 + 32;
    if (shift < 0) return exp_by_floats(x);
    r = rounded.fraction << shift;
  }
  return std::bit_cast<float>(polynomial(r) + (static_cast<std::uint32_t>(n) << 23));
}

}  // namespace ringlet

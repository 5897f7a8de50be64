// Both terms become 64-bit integers with their leading bit at 62. The smaller one is shifted to the
// exponent of the larger; a sticky bit represents all bits shifted out.
//
// The sticky bit cannot cause a wrong rounding: 38 bits below the last bit of the result are kept.
// If subtraction cancels more than one leading bit, the exponents differ by at most one, and
// nothing was shifted out because a product has 48 bits.
#include "numerics/fused_multiply_add.hpp"

#include <bit>
#include <cstdint>

namespace ringlet {
namespace {

constexpr std::uint32_t infinity_bits = 0x7F800000U;
constexpr std::uint32_t sign_bit = 0x80000000U;
constexpr std::int32_t smallest_exponent = -149;  // exponent of the last bit of a subnormal number

/// fraction · 2^exponent.
struct Term {
  std::uint64_t fraction;
  std::int32_t exponent;
  std::uint32_t sign;
};

Term term_of(std::uint32_t bits) noexcept {
  const auto biased = static_cast<std::int32_t>((bits >> 23) & 255U);
  const std::uint32_t fraction = bits & 0x7FFFFFU;
  const std::uint32_t sign = bits & sign_bit;
  if (biased == 0) return {fraction, smallest_exponent, sign};
  return {fraction | 0x800000U, biased - 150, sign};
}

/// Moves the leading bit of a nonzero fraction to bit 62.
void normalize(Term& term) noexcept {
  const std::int32_t shift = std::countl_zero(term.fraction) - 1;
  term.fraction <<= shift;
  term.exponent -= shift;
}

/// Returns value / 2^shift. The last bit is set if the division is not exact.
std::uint64_t shift_right_sticky(std::uint64_t value, std::int32_t shift) noexcept {
  if (shift >= 64) return value != 0 ? 1 : 0;
  const std::uint64_t shifted = value >> shift;
  return shifted | static_cast<std::uint64_t>((shifted << shift) != value);
}

/// Rounds a term with a nonzero fraction to nearest even.
float round_to_float(const Term& term) noexcept {
  const std::int32_t leading = 63 - std::countl_zero(term.fraction);
  // The exponent of the result's last bit: 24 bits, or fewer where the number is subnormal.
  std::int32_t unit = term.exponent + leading - 23;
  if (unit < smallest_exponent) unit = smallest_exponent;
  if (unit > 127 - 23) return std::bit_cast<float>(term.sign | infinity_bits);
  // Two additional bits: one half, and anything below it.
  const std::int32_t shift = unit - 2 - term.exponent;
  const std::uint64_t quarters =
      shift <= 0 ? term.fraction << -shift : shift_right_sticky(term.fraction, shift);
  auto fraction = static_cast<std::uint32_t>(quarters >> 2);
  const auto rest = static_cast<std::uint32_t>(quarters & 3U);
  if (rest > 2 || (rest == 2 && (fraction & 1U) != 0)) ++fraction;
  // The leading bit of a normal number increments its exponent, and so does a carry.
  const auto exponent = static_cast<std::uint32_t>(unit - smallest_exponent);
  return std::bit_cast<float>(term.sign | ((exponent << 23) + fraction));
}

}  // namespace

float exact_fused_multiply_add(float a, float b, float c) noexcept {
  const auto a_bits = std::bit_cast<std::uint32_t>(a);
  const auto b_bits = std::bit_cast<std::uint32_t>(b);
  const auto c_bits = std::bit_cast<std::uint32_t>(c);
  const std::uint32_t a_magnitude = a_bits & ~sign_bit;
  const std::uint32_t b_magnitude = b_bits & ~sign_bit;
  // A product that is 0, infinite or NaN is exact, so two operations round like one.
  const bool infinite = a_magnitude >= infinity_bits || b_magnitude >= infinity_bits;
  if (infinite || a_magnitude == 0 || b_magnitude == 0) return a * b + c;
  if ((c_bits & ~sign_bit) >= infinity_bits)
    return c + c;  // the product can overflow but is finite

  const Term left = term_of(a_bits);
  const Term right = term_of(b_bits);
  Term larger = {left.fraction * right.fraction, left.exponent + right.exponent,
                 left.sign ^ right.sign};
  normalize(larger);
  Term smaller = term_of(c_bits);
  if (smaller.fraction == 0) return round_to_float(larger);
  normalize(smaller);
  if (smaller.exponent > larger.exponent ||
      (smaller.exponent == larger.exponent && smaller.fraction > larger.fraction)) {
    const Term product = larger;
    larger = smaller;
    smaller = product;
  }
  smaller.fraction = shift_right_sticky(smaller.fraction, larger.exponent - smaller.exponent);
  if (larger.sign == smaller.sign) {
    larger.fraction += smaller.fraction;
  } else {
    larger.fraction -= smaller.fraction;
    if (larger.fraction == 0) return 0.0F;
  }
  return round_to_float(larger);
}

}  // namespace ringlet

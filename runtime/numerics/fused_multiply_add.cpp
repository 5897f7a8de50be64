// Both terms become 64-bit integers. The smaller one is shifted to the exponent of the larger; a
// sticky bit represents all bits shifted out. There are two versions: one for normal numbers, which
// are nearly all, and one for every number.
#include "numerics/fused_multiply_add.hpp"

#include <bit>
#include <cstdint>

#include "numerics/round_word.hpp"
#include "numerics/wide_product.hpp"

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

/// The multiply-add of any numbers. Both terms have their leading bit at 62. The sticky bit cannot
/// cause a wrong rounding: 38 bits below the last bit of the result are kept. If subtraction
/// cancels more than one leading bit, the exponents differ by at most one, and nothing was shifted
/// out because a product has 48 bits.
[[gnu::noinline]] float of_any_numbers(float a, float b, float c) noexcept {
  const auto a_bits = std::bit_cast<std::uint32_t>(a);
  const auto b_bits = std::bit_cast<std::uint32_t>(b);
  const auto c_bits = std::bit_cast<std::uint32_t>(c);
  const std::uint32_t a_magnitude = a_bits & ~sign_bit;
  const std::uint32_t b_magnitude = b_bits & ~sign_bit;
  const std::uint32_t c_magnitude = c_bits & ~sign_bit;
  // A product that is 0, infinite or NaN is exact, so two operations round like one.
  const bool infinite = a_magnitude >= infinity_bits || b_magnitude >= infinity_bits;
  const bool zero = a_magnitude == 0 || b_magnitude == 0;
  if (infinite || (zero && c_magnitude == 0)) return a * b + c;
  if (c_magnitude == 0) return a * b;              // not + c, which would take the sign of a zero
  if (c_magnitude >= infinity_bits) return c + c;  // the product can overflow but is finite
  if (zero) return c;

  const Term left = term_of(a_bits);
  const Term right = term_of(b_bits);
  Term larger = {left.fraction * right.fraction, left.exponent + right.exponent,
                 left.sign ^ right.sign};
  normalize(larger);
  Term smaller = term_of(c_bits);
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

}  // namespace

// For normal numbers. A product of 2·24 bits is above 14 zero bits, with its leading bit at 60 or
// 61; c is above 37 zero bits, with its leading bit at 60.
//
// Where c is smaller, it loses bits only if it is shifted by more than 37; the product then has its
// leading bit at 60 or higher, and the result at 59 or higher. From 47 on, c is below every bit of
// the product. Where the product is smaller, it loses bits only if it is shifted by more than 14,
// and from 27 on it is below half of the result's last bit. So a sticky bit decides right.
float fused_by_integers(float a, float b, float c) noexcept {
  const auto a_bits = std::bit_cast<std::uint32_t>(a);
  const auto b_bits = std::bit_cast<std::uint32_t>(b);
  const auto c_bits = std::bit_cast<std::uint32_t>(c);
  const std::uint32_t a_exponent = a_bits << 1 >> 24;
  const std::uint32_t b_exponent = b_bits << 1 >> 24;
  const std::uint32_t c_exponent = c_bits << 1 >> 24;
  const bool nothing = c_bits << 1 == 0;  // is added
  if (a_exponent - 1 >= 254 || b_exponent - 1 >= 254 || (c_exponent - 1 >= 254 && !nothing)) {
    return of_any_numbers(a, b, c);
  }
  std::uint64_t product = product_of_fractions(a_bits, b_bits);
  const std::uint32_t c_high = ((c_bits & 0x7FFFFFU) | 0x800000U) << 5;
  std::uint64_t addend = std::uint64_t{c_high} << 32;
  // Exponents of bit 60, biased like those of floats.
  auto exponent = static_cast<std::int32_t>(c_exponent);
  const std::int32_t shift = static_cast<std::int32_t>(a_exponent + b_exponent) - 127 - exponent;
  if (nothing) {
    addend = 0;
    exponent += shift;
  } else if (shift >= 0) {
    exponent += shift;
    if (shift < 32) {
      addend >>= shift;
    } else if (shift < 47) {
      const std::uint32_t low = c_high >> (shift - 32);
      addend = low | static_cast<std::uint32_t>(low << (shift - 32) != c_high);
    } else {
      addend = 1;
    }
  } else if (shift > -27) {
    const auto lost = static_cast<std::uint32_t>(product) << (32 + shift);
    product = product >> -shift | static_cast<std::uint32_t>(lost != 0);
  } else {
    product = 1;
  }
  // Signed, so that one rounding serves sums and differences.
  auto sum = static_cast<std::int64_t>(addend);
  const std::uint32_t sign = (a_bits ^ b_bits) & sign_bit;
  sum = sign == (c_bits & sign_bit) ? sum : -sum;
  sum += static_cast<std::int64_t>(product);
  if (sum == 0) return 0.0F;
  const Rounded24 rounded = round_to_24_bits(sum);
  exponent += rounded.shift + 23 - 60;
  if (exponent <= 1 || exponent >= 253) return of_any_numbers(a, b, c);
  const std::uint32_t flip = rounded.fraction < 0 ? sign_bit : 0;
  const auto fraction =
      static_cast<std::uint32_t>(rounded.fraction < 0 ? -rounded.fraction : rounded.fraction);
  // The leading bit increments the exponent, and so does a carry.
  return std::bit_cast<float>((sign ^ flip) |
                              ((static_cast<std::uint32_t>(exponent - 1) << 23) + fraction));
}

#if defined(RINGLET_FUSES_BY_DOUBLE)
// The product is exact in double. The sum is rounded, and then lies on the same side of every
// number halfway between two normal floats as the exact sum does, unless it became such a number.
float exact_fused_multiply_add(float a, float b, float c) noexcept {
  const double sum = static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c);
  const auto bits = std::bit_cast<std::uint64_t>(sum);
  const std::uint64_t exponent = bits << 1 >> 53;
  const bool normal = exponent - (1023 - 126) < 254;
  const bool halfway = (bits & 0x1FFFFFFFU) == 0x10000000U;
  return normal && !halfway ? static_cast<float>(sum) : fused_by_integers(a, b, c);
}
#endif

}  // namespace ringlet

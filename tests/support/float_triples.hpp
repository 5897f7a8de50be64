// Triples of floats at which a multiply-add can go wrong: any bits, special values, few significant
// bits, factors near 1, and sums that cancel or nearly do.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "support/random.hpp"

namespace ringlet::test {

struct FloatTriple {
  float a, b, c;
};

class FloatTriples {
 public:
  explicit constexpr FloatTriples(std::uint64_t seed) noexcept : random_(seed) {}

  FloatTriple next() noexcept {
    FloatTriple triple = {any(), any(), any()};
    if (random_.below(4) == 0) {
      // The product's negative, and its neighbours: what is left is below the last bit.
      const auto negative = std::bit_cast<std::uint32_t>(-(triple.a * triple.b));
      triple.c = std::bit_cast<float>(negative + random_.below(5) - 2);
    }
    return triple;
  }

 private:
  float any() noexcept {
    static constexpr std::array<std::uint32_t, 15> special = {
        0x00000000, 0x00000001, 0x00000002, 0x007FFFFF, 0x00800000,  // zero, subnormal, smallest
        0x00800001, 0x7F7FFFFF, 0x7F800000, 0x7FC00000,              // largest, infinity, NaN
        0x3F800000, 0x3F800001, 0x3F7FFFFF, 0x33800000, 0x34000000, 0x4B800000};
    const std::uint64_t bits = random_.next();
    const auto low = static_cast<std::uint32_t>(bits);
    const std::uint32_t sign = low & 0x80000000U;
    switch (bits >> 62) {
      case 0:
        return std::bit_cast<float>(low);
      case 1:
        return std::bit_cast<float>(special[(low >> 8) % special.size()] | sign);
      case 2: {  // few bits, and perhaps the last
        const std::uint32_t kept = ~0U << random_.below(24);
        const std::uint32_t fraction = (low & 0x7FFFFFU & kept) | ((low >> 30) & 1U);
        return std::bit_cast<float>(sign | (random_.below(254) << 23) | fraction);
      }
      default:
        return std::bit_cast<float>(sign | ((107 + random_.below(40)) << 23) | (low & 0x7FFFFFU));
    }
  }

  Random random_;
};

}  // namespace ringlet::test

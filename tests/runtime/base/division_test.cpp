// Division of 64-bit numbers, against the compiler's own.
#include "ringlet/division.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "support/random.hpp"

namespace ringlet {
namespace {

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t largest_divisor = std::numeric_limits<std::uint32_t>::max();

void expect_division(std::uint64_t n, std::uint32_t d) {
  EXPECT_EQ(quotient(n, d), n / d) << n << " / " << d;
  EXPECT_EQ(remainder(n, d), n % d) << n << " mod " << d;
}

TEST(Division, IsTheCompilersWhereABitIsAdded) {
  for (std::uint32_t bit = 0; bit < 64; ++bit) {
    for (std::uint32_t divisor_bit = 0; divisor_bit < 32; ++divisor_bit) {
      const std::uint64_t n = std::uint64_t{1} << bit;
      const std::uint32_t d = std::uint32_t{1} << divisor_bit;
      for (const std::uint64_t near : {n - 1, n, n + 1}) {
        for (const std::uint32_t divisor : {d, d + 1, 2 * d - 1}) expect_division(near, divisor);
      }
    }
  }
}

TEST(Division, ReachesTheEndsOfItsRange) {
  constexpr std::uint32_t divisors[] = {1, 2, 10, 0x80000000, largest_divisor};
  for (const std::uint32_t d : divisors) {
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{largest_divisor},
                                  std::uint64_t{largest_divisor} + 1, largest - 1, largest}) {
      expect_division(n, d);
    }
  }
}

TEST(Division, IsTheCompilersOfNumbersOfAllLengths) {
  test::Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t n = random.next() >> random.below(64);
    const auto d = static_cast<std::uint32_t>(random.next() >> (32 + random.below(32)));
    if (d != 0) expect_division(n, d);
  }
}

}  // namespace
}  // namespace ringlet

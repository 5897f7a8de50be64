// The exponential function by integers has the bits of the one by floats.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

#include "numerics/exp.hpp"

namespace ringlet {
namespace {

/// Compares every `step`-th float from the bits `first` to `last`.
void compare(std::uint32_t first, std::uint32_t last, std::uint32_t step) {
  std::uint32_t differ = 0;
  for (std::uint64_t bits = first; bits <= last; bits += step) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    const auto expected = std::bit_cast<std::uint32_t>(exp_by_floats(x));
    if (std::bit_cast<std::uint32_t>(exp_by_integers(x)) == expected) continue;
    if (differ++ == 0) ADD_FAILURE() << "first differs for " << x;
  }
  EXPECT_EQ(differ, 0U);
}

TEST(ExpByIntegers, HasTheBitsOfFloats) {
  for (const std::uint32_t sign : {0U, 0x80000000U}) {
    compare(sign | 0x3A000000U, sign | 0x42A10000U, 101);  // 2^-11 to 80.5
  }
}

TEST(ExpByIntegers, HasThemForAllOtherNumbers) { compare(0, 0xFFFFFFFFU, 10'007); }

}  // namespace
}  // namespace ringlet

// Products put together from halves are those of the processor's multiplication of 64 bits.
#define RINGLET_NARROW_PRODUCTS 1
#include "numerics/wide_product.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>

namespace ringlet {
namespace {

constexpr std::int32_t largest = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t smallest = std::numeric_limits<std::int32_t>::min();
constexpr std::uint32_t fraction = 0xFFFFFF;

void expect(std::int32_t a, std::int32_t b) {
  const std::int64_t product = std::int64_t{a} * b;
  EXPECT_EQ(long_product(a, b), product) << a << " · " << b;
  EXPECT_EQ(wide_product(a, b).high, product >> 32) << a << " · " << b;
  EXPECT_EQ(wide_product(a, b).low, static_cast<std::uint32_t>(product)) << a << " · " << b;
}

void expect_24(std::uint32_t a, std::uint32_t b) {
  EXPECT_EQ(wide_product_24(a, b), std::uint64_t{a} * b) << a << " · " << b;
  const std::uint64_t normal = std::uint64_t{a | 0x800000} * (b | 0x800000);
  EXPECT_EQ(product_of_fractions(a, b | 0xFF000000), normal << 14) << a << " · " << b;
}

TEST(WideProduct, OfExtremes) {
  for (const std::int32_t a : {smallest, smallest + 1, -65536, -65535, -1, 0, 1, 65535, largest}) {
    for (const std::int32_t b : {smallest, -65537, -32768, -1, 0, 1, 65536, largest}) expect(a, b);
  }
  for (const std::uint32_t a : {0U, 1U, 0xFFFU, 0x1000U, 0x800000U, fraction}) {
    for (const std::uint32_t b : {0U, 1U, 0xFFFU, 0x1000U, 0xFFF000U, fraction}) expect_24(a, b);
  }
}

TEST(WideProduct, OfRandomNumbers) {
  std::mt19937 random(24);
  for (int i = 0; i < 100'000; ++i) {
    const auto a = static_cast<std::uint32_t>(random());
    const auto b = static_cast<std::uint32_t>(random()) >> random() % 32;
    expect(static_cast<std::int32_t>(a), static_cast<std::int32_t>(b));
    expect_24(a >> 8, b & fraction);
  }
}

}  // namespace
}  // namespace ringlet

// The integer a·b + c has the bits of the instruction on every target, checked by handmade cases
// and by a hash that the instruction gave. Functions that round twice are told apart from those
// that round once.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>

#include "numerics/environment.hpp"
#include "numerics/fused_multiply_add.hpp"
#include "support/float_triples.hpp"
#include "support/hash.hpp"

namespace ringlet {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float smallest = std::numeric_limits<float>::denorm_min();
constexpr float largest = std::numeric_limits<float>::max();

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

/// One number for all NaN, which differ between processors.
std::uint32_t comparable(float value) { return value != value ? 0x7FC00000U : bits(value); }

// One of them calls the other, but on processors that compute in double not for every number.
using MultiplyAdd = float (*)(float, float, float) noexcept;
constexpr MultiplyAdd all[] = {exact_fused_multiply_add, fused_by_integers};

void expect(float a, float b, float c, float sum) {
  for (const MultiplyAdd multiply_add : all) {
    EXPECT_EQ(comparable(multiply_add(a, b, c)), comparable(sum)) << a << " " << b;
    EXPECT_EQ(comparable(multiply_add(b, a, c)), comparable(sum)) << b << " " << a;
    EXPECT_EQ(comparable(multiply_add(-a, b, -c)), comparable(-sum)) << a << b;
  }
}

TEST(FusedMultiplyAdd, RoundsOnce) {
  expect(97.0F, 172961.0F, 0x1p-30F, 16777218.0F);
  expect(97.0F, 172961.0F, -0x1p-30F, 16777216.0F);
  expect(1.0F + 0x1p-12F, 1.0F + 0x1p-12F, -(1.0F + 0x1p-11F), 0x1p-24F);
  // The addend is far below the product's last bit, and far above it.
  expect(0x1.000002p0F, 0x1.000002p0F, -0x1p-140F, 0x1.000004p0F);
  expect(0x1p-100F, 0x1p-49F, 1.0F, 1.0F);
}

TEST(FusedMultiplyAdd, TiesGoToEven) {
  expect(0x1p-12F, 0x1p-12F, 1.0F, 1.0F);
  expect(0x1p-12F, 0x1p-12F, 0x1.000002p0F, 0x1.000004p0F);
  expect(0x1p-12F, 0x1.000002p-12F, 1.0F, 0x1.000002p0F);
  expect(0x1p-12F, -0x1p-13F, 1.0F, 1.0F);
  expect(0x1p-12F, -0x1.000002p-13F, 1.0F, 0x1.fffffep-1F);
}

TEST(FusedMultiplyAdd, SmallResultsAreSubnormal) {
  expect(0x1p-75F, 0x1p-75F, 0.0F, 0.0F);  // half of the smallest: to even, which is 0
  expect(0x1p-75F, 0x1.000002p-75F, 0.0F, smallest);
  expect(0x1p-75F, 0x1p-75F, smallest, 2 * smallest);  // one and a half: to even
  expect(0x1p-100F, 0x1p-100F, smallest, smallest);
  expect(0x1p-100F, -0x1p-100F, smallest, smallest);
  expect(0x1.fffffcp-127F, 1.0F, smallest, 0x1p-126F);  // subnormal numbers become a normal one
  expect(0x1.fffffep-100F, 0x1p-27F, 0.0F, 0x1p-126F);  // by rounding
}

TEST(FusedMultiplyAdd, LargeResultsOverflow) {
  expect(largest, 1.0F, 0x1p102F, largest);
  expect(largest, 1.0F, 0x1p103F, infinity);  // half a step: to even, which is beyond
  expect(largest, largest, -largest, infinity);
  expect(largest, 2.0F, -largest, largest);  // only the product is too large
}

TEST(FusedMultiplyAdd, SpecialValues) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  expect(largest, largest, -infinity, -infinity);  // a finite product
  expect(infinity, 2.0F, 1.0F, infinity);
  expect(infinity, 2.0F, -infinity, nan);
  expect(infinity, 0.0F, 1.0F, nan);
  expect(nan, 0.0F, 1.0F, nan);
  expect(1.0F, 1.0F, nan, nan);
}

TEST(FusedMultiplyAdd, ZerosHaveSigns) {
  for (const MultiplyAdd multiply_add : all) {
    EXPECT_EQ(bits(multiply_add(0.0F, 1.0F, 0.0F)), 0U);
    EXPECT_EQ(bits(multiply_add(-0.0F, 1.0F, -0.0F)), 0x80000000U);
    EXPECT_EQ(bits(multiply_add(-0.0F, 1.0F, 0.0F)), 0U);
    EXPECT_EQ(bits(multiply_add(-0.0F, 1.0F, 3.0F)), bits(3.0F));
    EXPECT_EQ(bits(multiply_add(3.0F, 5.0F, 0.0F)), bits(15.0F));
    EXPECT_EQ(bits(multiply_add(3.0F, 5.0F, -15.0F)), 0U);
    EXPECT_EQ(bits(multiply_add(-3.0F, 5.0F, 15.0F)), 0U);
    EXPECT_EQ(bits(multiply_add(-smallest, smallest, 0.0F)), 0x80000000U);
  }
}

TEST(FusedMultiplyAdd, HasTheBitsOfTheInstruction) {
  for (const MultiplyAdd multiply_add : all) {
    test::FloatTriples triples(1);
    test::Hash hash;
    for (std::uint32_t i = 0; i < 50'000; ++i) {
      const test::FloatTriple triple = triples.next();
      hash.word(comparable(multiply_add(triple.a, triple.b, triple.c)));
    }
    EXPECT_EQ(hash.value(), 0xA4008829B9FDEED5U);
  }
}

TEST(FusedMultiplyAdd, WhatRoundsTwiceIsFound) {
  EXPECT_TRUE(multiply_add_is_fused());
  EXPECT_TRUE(rounds_once(exact_fused_multiply_add));
  EXPECT_FALSE(rounds_once([](float a, float b, float c) { return a * b + c; }));
  // The sum in double is rounded a first time, to what lies between two floats.
  EXPECT_FALSE(rounds_once([](float a, float b, float c) {
    return static_cast<float>(static_cast<double>(a) * static_cast<double>(b) +
                              static_cast<double>(c));
  }));
}

}  // namespace
}  // namespace ringlet

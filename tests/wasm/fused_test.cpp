// The multiply-add of four floats has the bits of the integer one, lane by lane.
#include "kernels/wasm/fused.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

#include "support/float_triples.hpp"
#include "support/hash.hpp"

namespace ringlet::wasm {
namespace {

/// One number for all NaN, which differ between engines.
std::uint32_t comparable(float value) {
  return value != value ? 0x7FC00000U : std::bit_cast<std::uint32_t>(value);
}

/// Hashes results of `vectors` vectors, and counts those that are not the integer one's.
template <typename Next>
std::uint32_t differences(std::uint32_t vectors, const Next& next, test::Hash& hash) {
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < vectors; ++i) {
    float a[4];
    float b[4];
    float c[4];
    float result[4];
    for (int lane = 0; lane < 4; ++lane) {
      const test::FloatTriple triple = next();
      a[lane] = triple.a;
      b[lane] = triple.b;
      c[lane] = triple.c;
    }
    wasm_v128_store(result, fused(wasm_v128_load(a), wasm_v128_load(b), wasm_v128_load(c)));
    for (int lane = 0; lane < 4; ++lane) {
      const std::uint32_t expected = comparable(fused_by_integers(a[lane], b[lane], c[lane]));
      wrong += comparable(result[lane]) != expected ? 1 : 0;
      hash.word(comparable(result[lane]));
    }
  }
  return wrong;
}

TEST(FusedVectors, HaveTheBitsOfTheInstruction) {
  test::FloatTriples triples(1);
  test::Hash hash;
  EXPECT_EQ(differences(
                12'500, [&] { return triples.next(); }, hash),
            0U);
  EXPECT_EQ(hash.value(), 0xA4008829B9FDEED5U);  // as in fused_multiply_add_test.cpp
}

TEST(FusedVectors, AreExactForManyTriples) {
  test::FloatTriples triples(2);
  test::Hash hash;
  EXPECT_EQ(differences(
                500'000, [&] { return triples.next(); }, hash),
            0U);
}

/// Products and sums about the smallest normal number, where floats are as far apart below it as
/// above, with few bits in some factors, so that sums are halfway or nearly so.
TEST(FusedVectors, AreExactWhereResultsAreSubnormal) {
  test::Random random(3);
  const auto next = [&random] {
    const auto any = [&random](std::uint32_t least, std::uint32_t range) {
      const std::uint32_t fraction = random.below(1U << 23) & (~0U << random.below(24));
      return std::bit_cast<float>(random.below(2) << 31 | (least + random.below(range)) << 23 |
                                  fraction | random.below(2));
    };
    return test::FloatTriple{any(127 - 76, 28), any(127 - 76, 4), any(0, 5)};
  };
  test::FloatTriple triple = {};
  std::uint32_t lane = 0;
  test::Hash hash;
  EXPECT_EQ(differences(
                500'000, [&] { return lane++ % 4 == 0 ? triple = next() : triple; }, hash),
            0U);
}

/// Sums that double rounds to a place halfway between subnormal floats, or between the largest of
/// them and the smallest normal float. The product of `near` and `one` is 2^-150 · (1 + 2^-36).
TEST(FusedVectors, AreExactBesideTiesOfSubnormalNumbers) {
  constexpr float near = 0x1.001p-75F;
  constexpr float one = 0x1.ffe002p-76F;
  constexpr float smallest = 0x1p-149F;
  constexpr test::FloatTriple triples[] = {{near, -one, 0x1p-126F},
                                           {-near, one, -0x1p-126F},
                                           {near, one, 0x1p-126F},
                                           {near, one, 0x1p-129F},
                                           {near, -one, 0x1p-129F},
                                           {near, one, -0x1.00002p-127F},
                                           {near, one, smallest},
                                           {near, one, 0.0F},
                                           {near, -one, 0x1.fffffcp-127F},
                                           {0x1p-75F, 0x1p-75F, 0.0F},
                                           {0x1p-75F, 0x1p-75F, 0x1p-129F},
                                           {0x1p-75F, 0x1p-75F, smallest},
                                           {near, one, -smallest},
                                           {near, -one, 0.0F},
                                           {0x1p-100F, 0x1p-100F, smallest},
                                           {0x1.fffffep-100F, 0x1p-27F, 0.0F}};
  // What rounds twice gives the smallest normal float for the first, and c for the fourth.
  EXPECT_EQ(comparable(fused_by_integers(near, -one, 0x1p-126F)), 0x007FFFFFU);
  EXPECT_EQ(comparable(fused_by_integers(near, one, 0x1p-129F)), 0x00100001U);
  std::size_t at = 0;
  test::Hash hash;
  EXPECT_EQ(differences(
                16, [&] { return triples[at++ / 4]; }, hash),
            0U);
}

}  // namespace
}  // namespace ringlet::wasm

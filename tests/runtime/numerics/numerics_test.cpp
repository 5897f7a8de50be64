// Rounding is round-half-even everywhere; sums follow the sixteen-lane tree whatever their length;
// sizes from untrusted input never wrap unnoticed; CRC32C is the polynomial of RFC 3720.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/checked.hpp"
#include "base/crc32c.hpp"
#include "numerics/fused_multiply_add.hpp"
#include "numerics/reduction.hpp"
#include "numerics/rounding.hpp"
#include "support/random.hpp"

namespace ringlet {
namespace {

TEST(Rounding, IsHalfToEven) {
  for (std::int32_t i = -5000; i <= 5000; ++i) {
    const auto whole = static_cast<float>(i);
    EXPECT_EQ(round_to_int(whole), i);
    EXPECT_EQ(round_to_int(whole + 0.5F), i % 2 == 0 ? i : i + 1) << i;
    EXPECT_EQ(round_to_int(whole + 0.25F), i) << i;
    EXPECT_EQ(round_to_int(whole - 0.25F), i) << i;
  }
  EXPECT_EQ(round_to_int(4194303.0F), 4194303);
  EXPECT_EQ(round_to_int(-4194303.0F), -4194303);
}

TEST(Rounding, CodesNeverReachMinus128) {
  EXPECT_EQ(to_int8(-127.5F), -127);
  EXPECT_EQ(to_int8(-1000.0F), -127);
  EXPECT_EQ(to_int8(1000.0F), 127);
  EXPECT_EQ(to_int8(126.5F), 126);
  EXPECT_EQ(to_int8(-0.5F), 0);
  EXPECT_EQ(to_int8(-1.5F), -2);
}

TEST(Rounding, AnyInputGivesSomeCode) {
  for (const float value : {std::numeric_limits<float>::infinity(), -1e30F, 1e30F,
                            std::numeric_limits<float>::quiet_NaN()}) {
    const int code = to_int8(value);
    EXPECT_GE(code, -127);
    EXPECT_LE(code, 127);
  }
}

TEST(Rounding, MagnitudeClearsTheSign) {
  EXPECT_EQ(magnitude(-3.5F), 3.5F);
  EXPECT_FALSE(std::signbit(magnitude(-0.0F)));
  EXPECT_EQ(magnitude(-std::numeric_limits<float>::infinity()),
            std::numeric_limits<float>::infinity());
}

/// The tree written out by hand: lanes +8, +4, +2, +1.
float tree_by_hand(const float (&p)[16]) {
  float a[8];
  for (int i = 0; i < 8; ++i) a[i] = p[i] + p[i + 8];
  const float b[4] = {a[0] + a[4], a[1] + a[5], a[2] + a[6], a[3] + a[7]};
  return (b[0] + b[2]) + (b[1] + b[3]);
}

TEST(Reduction, TreeAddsHalves) {
  test::Random random(3);
  for (int trial = 0; trial < 1000; ++trial) {
    float partial[16];
    for (float& value : partial)
      value = std::ldexp(random.symmetric(), static_cast<int>(random.below(30)));
    const float expected = tree_by_hand(partial);
    EXPECT_EQ(reduce_tree(partial), expected);
  }
}

TEST(Reduction, SumsAndDotsAreLanesModuloSixteen) {
  for (const std::size_t n : {0U, 1U, 15U, 16U, 17U, 31U, 33U, 172U, 1000U}) {
    test::Random random(n);
    std::array<float, 1000> x{}, y{};
    float sums[16] = {};
    float dots[16] = {};
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = random.symmetric();
      y[i] = random.symmetric();
      sums[i % 16] += x[i];
      // Some C libraries' fma() rounds twice; a test of its own compares this one with processors.
      dots[i % 16] = fused_by_integers(x[i], y[i], dots[i % 16]);
    }
    EXPECT_EQ(canonical_sum(x.data(), n), tree_by_hand(sums)) << n;
    EXPECT_EQ(canonical_dot(x.data(), n, [&](std::size_t i) { return y[i]; }), tree_by_hand(dots))
        << n;
  }
}

TEST(Reduction, MultiplyAddRoundsOnce) {
  // (1 + 2^-12)² = 1 + 2^-11 + 2^-24; the last term is lost if the product is rounded first.
  const float a = 1.0F + 0x1p-12F;
  EXPECT_EQ(fused_multiply_add(a, a, -1.0F - 0x1p-11F), 0x1p-24F);
}

TEST(Checked, RemembersOverflow) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE((Checked(most) + Checked(0)).valid());
  EXPECT_FALSE((Checked(most) + Checked(1)).valid());
  EXPECT_FALSE((Checked(most) + Checked(most)).valid());
  EXPECT_TRUE((Checked(most) * Checked(1)).valid());
  EXPECT_TRUE((Checked(1) * Checked(most)).valid());
  EXPECT_TRUE((Checked(0) * Checked(most)).valid());
  EXPECT_TRUE((Checked(most) * Checked(0)).valid());
  EXPECT_FALSE((Checked(most) * Checked(2)).valid());
  EXPECT_TRUE((Checked(0x100000000ULL) * Checked(0xFFFFFFFFULL)).valid());
  EXPECT_FALSE((Checked(0x100000000ULL) * Checked(0x100000000ULL)).valid());
  EXPECT_EQ((Checked(6) * Checked(7) + Checked(1)).value(), 43U);
}

TEST(Checked, OverflowIsNeverForgotten) {
  const Checked bad = Checked(std::numeric_limits<std::uint64_t>::max()) + Checked(1);
  EXPECT_FALSE((bad + Checked(0)).valid());
  EXPECT_FALSE((bad * Checked(0)).valid());
  EXPECT_FALSE((Checked(0) * bad).valid());
  EXPECT_FALSE(bad.rounded_up(64).valid());
}

TEST(Checked, RoundsUp) {
  EXPECT_EQ(Checked(0).rounded_up(64).value(), 0U);
  EXPECT_EQ(Checked(1).rounded_up(64).value(), 64U);
  EXPECT_EQ(Checked(64).rounded_up(64).value(), 64U);
  EXPECT_FALSE(Checked(std::numeric_limits<std::uint64_t>::max() - 3).rounded_up(64).valid());
}

std::uint32_t crc_of(std::string_view text) {
  return crc32c(std::as_bytes(std::span(text.data(), text.size())));
}

TEST(Crc32c, MatchesPublishedVectors) {
  EXPECT_EQ(crc_of(""), 0U);
  EXPECT_EQ(crc_of("123456789"), 0xE3069283U);
  std::array<std::byte, 32> bytes{};
  EXPECT_EQ(crc32c(bytes), 0x8A9136AAU);
  for (auto& b : bytes) b = std::byte{0xFF};
  EXPECT_EQ(crc32c(bytes), 0x62A8AB43U);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
  EXPECT_EQ(crc32c(bytes), 0x46DD794EU);
}

TEST(Crc32c, ContinuesWhereverItIsCut) {
  constexpr std::string_view text = "the quick brown fox jumps over the lazy dog";
  const auto bytes = std::as_bytes(std::span(text));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(bytes.subspan(cut), crc32c(bytes.first(cut))), crc_of(text)) << cut;
  }
}

}  // namespace
}  // namespace ringlet

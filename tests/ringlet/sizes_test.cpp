#include "sizes.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace ringlet::cli {
namespace {

TEST(Sizes, UnitsOfPrograms) {
  EXPECT_EQ(parse_size("0"), 0U);
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("64K"), 65536U);
  EXPECT_EQ(parse_size("64k"), 65536U);
  EXPECT_EQ(parse_size("2M"), 2U << 20);
  EXPECT_EQ(parse_size("3G"), std::uint64_t{3} << 30);
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("64MiB"), 64U << 20);
  EXPECT_EQ(parse_size("1gib"), 1U << 30);
  EXPECT_EQ(parse_size("12B"), 12U);
}

TEST(Sizes, UnitsOfDisks) {
  EXPECT_EQ(parse_size("64KB"), 64'000U);
  EXPECT_EQ(parse_size("64MB"), 64'000'000U);
  EXPECT_EQ(parse_size("2gb"), 2'000'000'000U);
}

TEST(Sizes, Decimals) {
  EXPECT_EQ(parse_size("1.5M"), (1U << 20) + (1U << 19));
  EXPECT_EQ(parse_size("0.5KiB"), 512U);
  EXPECT_EQ(parse_size("1.25MB"), 1'250'000U);
  EXPECT_EQ(parse_size("0.0001K"), 0U);
  EXPECT_EQ(parse_size("0.999999999G"), 1'073'741'822U);
}

TEST(Sizes, WhatIsNone) {
  for (const char* text : {"", "K", "-1", "+1", " 1", "1 ", "1.5", "1.5B", ".5M", "1.M", "1.2.3M",
                           "1X", "1KK", "1iB", "1.0000000000M", "0x10", "1e3"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Sizes, TheLargest) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parse_size("18446744073709551615"), most);
  EXPECT_EQ(parse_size("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_size("17179869183G"), most - (1U << 30) + 1);
  EXPECT_EQ(parse_size("17179869183.999999999G"), most - 1);
  EXPECT_EQ(parse_size("17179869184G"), std::nullopt);
}

}  // namespace
}  // namespace ringlet::cli

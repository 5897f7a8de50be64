// The plan of the caller's memory: sections that live at the same time never share a byte, all are
// aligned, the total is the end of the last one, and a section lies at the lowest place where it
// fits.
#include "ringlet/memory_plan.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "support/random.hpp"

namespace ringlet {
namespace {

constexpr std::uint64_t aligned(std::uint64_t bytes) { return (bytes + 63) / 64 * 64; }

void expect_sound(const MemoryPlan& plan) {
  std::uint64_t end = 0;
  for (const Section& a : plan.sections()) {
    EXPECT_EQ(a.offset % MemoryPlan::alignment, 0U) << a.name;
    end = std::max(end, a.offset + a.bytes);
    for (const Section& b : plan.sections()) {
      if (&a == &b || !a.alive_with(b) || a.bytes == 0 || b.bytes == 0) continue;
      EXPECT_TRUE(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset)
          << a.name << " and " << b.name;
    }
  }
  EXPECT_GE(plan.total(), end);
  EXPECT_EQ(plan.total(), aligned(end));
}

TEST(MemoryPlan, IsEmptyAtFirst) {
  const MemoryPlan plan;
  EXPECT_EQ(plan.total(), 0U);
  EXPECT_TRUE(plan.sections().empty());
  EXPECT_EQ(plan.find("logits"), nullptr);
}

TEST(MemoryPlan, PutsPermanentSectionsOneAfterTheOther) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add("a", 100), 0U);
  EXPECT_EQ(*plan.add("b", 64), 128U);
  EXPECT_EQ(*plan.add("c", 1), 192U);
  EXPECT_EQ(plan.total(), 256U);
  ASSERT_NE(plan.find("b"), nullptr);
  EXPECT_EQ(plan.find("b")->offset, 128U);
  EXPECT_EQ(plan.find("b")->bytes, 64U);
  expect_sound(plan);
}

TEST(MemoryPlan, SharesBytesBetweenLifetimesThatDoNotMeet) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add("early", 640, 0, 2), 0U);
  EXPECT_EQ(*plan.add("late", 640, 3, 5), 0U);
  EXPECT_EQ(*plan.add("across", 64, 2, 3), 640U);
  EXPECT_EQ(plan.total(), 704U);
}

TEST(MemoryPlan, TakesTheLowestGapThatIsLargeEnough) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add("a", 128, 0, 1), 0U);
  EXPECT_EQ(*plan.add("b", 64, 0, 9), 128U);
  EXPECT_EQ(*plan.add("c", 256, 0, 1), 192U);
  EXPECT_EQ(*plan.add("d", 64, 0, 9), 448U);
  EXPECT_EQ(*plan.add("fits before b", 128, 5, 6), 0U);
  EXPECT_EQ(*plan.add("fits between b and d", 192, 5, 6), 192U);
  EXPECT_EQ(*plan.add("fits after those", 64, 5, 6), 384U);
  EXPECT_EQ(*plan.add("fits nowhere", 64, 5, 6), 512U);
  expect_sound(plan);
}

TEST(MemoryPlan, StaysSoundForRandomSections) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    test::Random random(seed);
    MemoryPlan plan;
    for (std::uint32_t i = 0; i < MemoryPlan::max_sections; ++i) {
      const auto first = static_cast<std::uint8_t>(random.below(10));
      const auto last = static_cast<std::uint8_t>(first + random.below(4));
      ASSERT_TRUE(plan.add("s", random.below(3000), first, last).ok());
    }
    expect_sound(plan);
  }
}

TEST(MemoryPlan, RefusesMoreSectionsThanItHolds) {
  MemoryPlan plan;
  for (std::uint32_t i = 0; i < MemoryPlan::max_sections; ++i) {
    ASSERT_TRUE(plan.add("s", 64).ok());
  }
  const std::uint64_t total = plan.total();
  const auto refused = plan.add("one too many", 64);
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(plan.total(), total);
  EXPECT_EQ(plan.sections().size(), MemoryPlan::max_sections);
}

TEST(MemoryPlan, RefusesSizesThatOverflow) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t bytes : {most, most - 63, most - 64, most - 127}) {
    MemoryPlan plan;
    ASSERT_TRUE(plan.add("first", 128).ok());
    EXPECT_FALSE(plan.add("huge", bytes).ok()) << bytes;
    EXPECT_EQ(plan.total(), 128U);
  }
}

}  // namespace
}  // namespace ringlet

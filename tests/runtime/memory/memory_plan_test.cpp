// The plan of the caller's memory: sections alive at the same time never share a byte, all are
// aligned, the total is the end of the last one, and a section is at the lowest offset where it
// fits.
#include "ringlet/memory_plan.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string_view>

#include "support/random.hpp"

namespace ringlet {
namespace {

constexpr std::uint64_t aligned(std::uint64_t bytes) { return (bytes + 63) / 64 * 64; }

void expect_sound(const MemoryPlan& plan) {
  std::uint64_t end = 0;
  for (const Section& a : plan.sections()) {
    EXPECT_EQ(a.offset % MemoryPlan::alignment, 0U) << name_of(a.id);
    end = std::max(end, a.offset + a.bytes);
    for (const Section& b : plan.sections()) {
      if (&a == &b || !a.alive_with(b) || a.bytes == 0 || b.bytes == 0) continue;
      EXPECT_TRUE(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset)
          << name_of(a.id) << " and " << name_of(b.id);
    }
  }
  EXPECT_GE(plan.total(), end);
  EXPECT_EQ(plan.total(), aligned(end));
}

TEST(MemoryPlan, IsEmptyAtFirst) {
  const MemoryPlan plan;
  EXPECT_EQ(plan.total(), 0U);
  EXPECT_TRUE(plan.sections().empty());
  EXPECT_EQ(plan.find(SectionId::logits), nullptr);
}

constexpr SectionId id(std::uint32_t i) { return static_cast<SectionId>(i); }
constexpr Stage stage(std::uint32_t i) { return static_cast<Stage>(i); }

TEST(MemoryPlan, PutsPermanentSectionsOneAfterTheOther) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add(SectionId::session, 100), 0U);
  EXPECT_EQ(*plan.add(SectionId::logits, 64), 128U);
  EXPECT_EQ(*plan.add(SectionId::sampler, 1), 192U);
  EXPECT_EQ(plan.total(), 256U);
  ASSERT_NE(plan.find(SectionId::logits), nullptr);
  EXPECT_EQ(plan.find(SectionId::logits)->offset, 128U);
  EXPECT_EQ(plan.find(SectionId::logits)->bytes, 64U);
  expect_sound(plan);
}

TEST(MemoryPlan, SharesBytesBetweenLifetimesThatDoNotMeet) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add(id(0), 640, stage(0), stage(2)), 0U);
  EXPECT_EQ(*plan.add(id(1), 640, stage(3), stage(5)), 0U);
  EXPECT_EQ(*plan.add(id(2), 64, stage(2), stage(3)), 640U);
  EXPECT_EQ(plan.total(), 704U);
}

TEST(MemoryPlan, SharesNothingWithAPermanentSection) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add(id(0), 64), 0U);
  EXPECT_EQ(*plan.add(id(1), 64, stage(0), stage(8)), 64U);
  EXPECT_EQ(*plan.add(id(2), 64), 128U);
}

TEST(MemoryPlan, TakesTheLowestGapThatIsLargeEnough) {
  MemoryPlan plan;
  EXPECT_EQ(*plan.add(id(0), 128, stage(0), stage(1)), 0U);
  EXPECT_EQ(*plan.add(id(1), 64, stage(0), stage(8)), 128U);
  EXPECT_EQ(*plan.add(id(2), 256, stage(0), stage(1)), 192U);
  EXPECT_EQ(*plan.add(id(3), 64, stage(0), stage(8)), 448U);
  EXPECT_EQ(*plan.add(id(4), 128, stage(5), stage(6)), 0U) << "fits before the second";
  EXPECT_EQ(*plan.add(id(5), 192, stage(5), stage(6)), 192U) << "fits between second and fourth";
  EXPECT_EQ(*plan.add(id(6), 64, stage(5), stage(6)), 384U) << "fits after those";
  EXPECT_EQ(*plan.add(id(7), 64, stage(5), stage(6)), 512U) << "fits nowhere";
  expect_sound(plan);
}

TEST(MemoryPlan, StaysSoundForRandomSections) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    test::Random random(seed);
    MemoryPlan plan;
    for (std::uint32_t i = 0; i < section_count; ++i) {
      const std::uint32_t first = random.below(stage_count);
      const std::uint32_t last = first + random.below(stage_count - first);
      ASSERT_TRUE(plan.add(id(i), random.below(3000), stage(first), stage(last)).ok());
    }
    expect_sound(plan);
  }
}

TEST(MemoryPlan, HoldsEverySectionOnce) {
  MemoryPlan plan;
  for (std::uint32_t i = 0; i < section_count; ++i) ASSERT_TRUE(plan.add(id(i), 64).ok());
  const std::uint64_t total = plan.total();
  EXPECT_EQ(std::string_view(plan.add(SectionId::logits, 64).status().where()), "logits");
  EXPECT_EQ(plan.total(), total);
  EXPECT_EQ(plan.sections().size(), section_count);
}

TEST(MemoryPlan, NamesEveryStageAndSection) {
  for (std::uint32_t i = 0; i < section_count; ++i) EXPECT_GT(std::strlen(name_of(id(i))), 0U);
  for (std::uint32_t i = 0; i < stage_count; ++i) EXPECT_GT(std::strlen(name_of(stage(i))), 0U);
  EXPECT_EQ(std::string_view(name_of(SectionId::hot_keys)), "hot keys");
  EXPECT_EQ(std::string_view(name_of(Stage::gate_up)), "gate and up");
}

TEST(MemoryPlan, RefusesSizesThatOverflow) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t bytes : {most, most - 63, most - 64, most - 127}) {
    MemoryPlan plan;
    ASSERT_TRUE(plan.add(SectionId::session, 128).ok());
    EXPECT_FALSE(plan.add(SectionId::logits, bytes).ok()) << bytes;
    EXPECT_EQ(plan.total(), 128U);
  }
}

}  // namespace
}  // namespace ringlet

// The thread team of the Linux port: every lane exactly once, everything seen by everybody, also
// when the threads have fallen asleep in between.
#include "thread_team.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <numeric>
#include <thread>
#include <vector>

namespace ringlet::port {
namespace {

/// Plain integers: ThreadSanitizer says whether the team orders what the lanes do with them.
struct Counts {
  std::vector<std::uint32_t> of_lane;
  std::uint32_t expected = 0;
  bool wrong = false;

  static void count(void* argument, std::uint32_t lane) {
    auto& counts = *static_cast<Counts*>(argument);
    if (counts.of_lane[lane] != counts.expected) counts.wrong = true;
    ++counts.of_lane[lane];
  }
};

void run(const Team& team, Counts& counts) {
  team.run(team.self, team.lanes, &Counts::count, &counts);
  ++counts.expected;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

class ThreadTeams : public testing::TestWithParam<std::uint32_t> {};

TEST_P(ThreadTeams, RunEveryLaneOnceForEachPieceOfWork) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  ASSERT_EQ(team.lanes, GetParam());
  Counts counts{.of_lane = std::vector<std::uint32_t>(team.lanes)};
  for (int i = 0; i < 2000; ++i) run(team, counts);
  EXPECT_FALSE(counts.wrong);
  for (const std::uint32_t count : counts.of_lane) EXPECT_EQ(count, 2000U);
}

TEST_P(ThreadTeams, WakeUpAfterSleep) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  Counts counts{.of_lane = std::vector<std::uint32_t>(team.lanes)};
  for (int i = 0; i < 50; ++i) {
    run(team, counts);
    std::this_thread::sleep_for(std::chrono::microseconds(i % 5 * 100));
  }
  EXPECT_FALSE(counts.wrong);
  EXPECT_EQ(std::accumulate(counts.of_lane.begin(), counts.of_lane.end(), 0U), 50 * team.lanes);
}

TEST_P(ThreadTeams, WaitForTheSlowestLane) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  std::vector<int> done(team.lanes, 0);
  team.run(
      team.self, team.lanes,
      [](void* argument, std::uint32_t lane) {
        std::this_thread::sleep_for(std::chrono::milliseconds(lane));
        (*static_cast<std::vector<int>*>(argument))[lane] = 1;
      },
      &done);
  EXPECT_EQ(done, std::vector<int>(team.lanes, 1));
}

TEST_P(ThreadTeams, RunAsFewLanesAsAreAskedFor) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  std::vector<std::uint32_t> runs(team.lanes);
  const auto count = [](void* argument, std::uint32_t lane) {
    ++(*static_cast<std::vector<std::uint32_t>*>(argument))[lane];
  };
  for (std::uint32_t i = 0; i < 200 * team.lanes; ++i) {
    team.run(team.self, i % team.lanes + 1, count, &runs);
  }
  for (std::uint32_t lane = 0; lane < team.lanes; ++lane) {
    EXPECT_EQ(runs[lane], 200 * (team.lanes - lane));
  }
}

TEST_P(ThreadTeams, MayBeMadeAndLeftWithoutWork) {
  for (int i = 0; i < 20; ++i) const ThreadTeam threads(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Lanes, ThreadTeams, testing::Values(1, 2, 3, 8),
                         testing::PrintToStringParamName());

TEST(ThreadTeam, CostsNothingWhileIdle) {
  ThreadTeam threads(4);
  const Team team = threads.team();
  Counts counts{.of_lane = std::vector<std::uint32_t>(team.lanes)};
  run(team, counts);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  // Three threads that went on watching would take up to 600 ms.
  EXPECT_LT(cpu_seconds() - before, 0.05);
}

TEST(ThreadTeam, HasAtLeastOneLane) { EXPECT_EQ(ThreadTeam(0).team().lanes, 1U); }

TEST(DefaultLanes, AreOneForSmallModelsAndFewForLargeOnes) {
  EXPECT_EQ(default_lanes(0), 1U);
  EXPECT_EQ(default_lanes(1U << 20), 1U);
  EXPECT_EQ(default_lanes(1U << 30), 4U);
  EXPECT_GE(available_processors(), 1U);
}

}  // namespace
}  // namespace ringlet::port

// The thread team of the Linux port: every thread exactly once, everything seen by everybody, also
// when the threads have fallen asleep in between.
#include "ringlet/linux/threads.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <numeric>
#include <thread>
#include <vector>

namespace ringlet::port {
namespace {

/// Plain integers: ThreadSanitizer checks whether the team orders the accesses of its threads.
struct Counts {
  std::vector<std::uint32_t> of_thread;
  std::uint32_t expected = 0;
  bool wrong = false;

  static void count(void* argument, std::uint32_t thread) {
    auto& counts = *static_cast<Counts*>(argument);
    if (counts.of_thread[thread] != counts.expected) counts.wrong = true;
    ++counts.of_thread[thread];
  }
};

void run(const Team& team, Counts& counts) {
  team.run(team.user_data, team.threads, &Counts::count, &counts);
  ++counts.expected;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

class ThreadTeams : public testing::TestWithParam<std::uint32_t> {};

TEST_P(ThreadTeams, RunEveryThreadOnceForEachPieceOfWork) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  ASSERT_EQ(team.threads, GetParam());
  Counts counts{.of_thread = std::vector<std::uint32_t>(team.threads)};
  for (int i = 0; i < 2000; ++i) run(team, counts);
  EXPECT_FALSE(counts.wrong);
  for (const std::uint32_t count : counts.of_thread) EXPECT_EQ(count, 2000U);
}

TEST_P(ThreadTeams, WakeUpAfterSleep) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  Counts counts{.of_thread = std::vector<std::uint32_t>(team.threads)};
  for (int i = 0; i < 50; ++i) {
    run(team, counts);
    std::this_thread::sleep_for(std::chrono::microseconds(i % 5 * 100));
  }
  EXPECT_FALSE(counts.wrong);
  EXPECT_EQ(std::accumulate(counts.of_thread.begin(), counts.of_thread.end(), 0U),
            50 * team.threads);
}

TEST_P(ThreadTeams, WaitForTheSlowestThread) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  std::vector<int> done(team.threads, 0);
  team.run(
      team.user_data, team.threads,
      [](void* argument, std::uint32_t thread) {
        std::this_thread::sleep_for(std::chrono::milliseconds(thread));
        (*static_cast<std::vector<int>*>(argument))[thread] = 1;
      },
      &done);
  EXPECT_EQ(done, std::vector<int>(team.threads, 1));
}

TEST_P(ThreadTeams, RunAsFewThreadsAsAreAskedFor) {
  ThreadTeam threads(GetParam());
  const Team team = threads.team();
  std::vector<std::uint32_t> runs(team.threads);
  const auto count = [](void* argument, std::uint32_t thread) {
    ++(*static_cast<std::vector<std::uint32_t>*>(argument))[thread];
  };
  for (std::uint32_t i = 0; i < 200 * team.threads; ++i) {
    team.run(team.user_data, i % team.threads + 1, count, &runs);
  }
  for (std::uint32_t thread = 0; thread < team.threads; ++thread) {
    EXPECT_EQ(runs[thread], 200 * (team.threads - thread));
  }
}

TEST_P(ThreadTeams, MayBeMadeAndLeftWithoutWork) {
  for (int i = 0; i < 20; ++i) const ThreadTeam threads(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadTeams, testing::Values(1, 2, 3, 8),
                         testing::PrintToStringParamName());

TEST(ThreadTeam, CostsNothingWhileIdle) {
  ThreadTeam threads(4);
  const Team team = threads.team();
  Counts counts{.of_thread = std::vector<std::uint32_t>(team.threads)};
  run(team, counts);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  // Three threads that went on watching would take up to 600 ms.
  EXPECT_LT(cpu_seconds() - before, 0.05);
}

TEST(ThreadTeam, HasAtLeastOneThread) { EXPECT_EQ(ThreadTeam(0).team().threads, 1U); }

TEST(DefaultThreads, AreOneForSmallModelsAndFewForLargeOnes) {
  EXPECT_EQ(default_threads(0), 1U);
  EXPECT_EQ(default_threads(1U << 20), 1U);
  EXPECT_EQ(default_threads(1U << 30), 4U);
  EXPECT_GE(available_processors(), 1U);
}

}  // namespace
}  // namespace ringlet::port

// The tuner of the Linux port on machines with given times.
#include "ringlet/linux/tuner.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace ringlet::port {
namespace {

using Time = std::function<std::uint64_t(const Execution&, std::uint32_t token)>;

/// Decodes until the tuner has settled; returns how many tokens that took.
std::uint32_t settle(Tuner& tuner, const Time& time) {
  std::uint32_t tokens = 0;
  for (; !tuner.settled() && tokens < 1000; ++tokens) {
    tuner.record(time(tuner.execution(), tokens));
  }
  return tokens;
}

TEST(Tuner, FindsTheFastestThreadsAndDistance) {
  const Time bus = [](const Execution& e, std::uint32_t) {
    // Two threads saturate this memory; four get in each other's way.
    const std::uint64_t base = e.decode_threads == 2 ? 1000 : e.decode_threads == 1 ? 1800 : 1100;
    return base + (e.prefetch_bytes == 4096 ? 0U : 100U);
  };
  Tuner tuner(4, {});
  EXPECT_LE(settle(tuner, bus), 30U);
  EXPECT_EQ(tuner.execution().decode_threads, 2U);
  EXPECT_EQ(tuner.execution().prefetch_bytes, 4096U);
  EXPECT_EQ(tuner.execution().prefill_threads, 0U);
}

TEST(Tuner, IgnoresTheFirstTokensAndSingleDisturbances) {
  const Time noisy = [](const Execution& e, std::uint32_t token) -> std::uint64_t {
    if (token < Tuner::warm_up) return 1;  // as if the settings in use then were the best
    if (token % 3 == 0) return 50'000;     // another process had the processor
    return e.decode_threads == 1 ? 1000 : 2000;
  };
  Tuner tuner(2, {});
  settle(tuner, noisy);
  EXPECT_EQ(tuner.execution().decode_threads, 1U);
}

TEST(Tuner, LeavesFixedSettingsAlone) {
  const Time slower_with_more = [](const Execution& e, std::uint32_t) -> std::uint64_t {
    return 1000 * e.decode_threads + e.prefetch_bytes;
  };
  Tuner threads(4, {.threads = 3, .prefetch_bytes = {}, .prefill_threads = 2});
  settle(threads, slower_with_more);
  EXPECT_EQ(threads.execution().decode_threads, 3U);
  EXPECT_EQ(threads.execution().prefill_threads, 2U);
  EXPECT_EQ(threads.execution().prefetch_bytes, 1024U);

  Tuner distance(4, {.threads = {}, .prefetch_bytes = 8192, .prefill_threads = 0});
  settle(distance, slower_with_more);
  EXPECT_EQ(distance.execution().decode_threads, 1U);
  EXPECT_EQ(distance.execution().prefetch_bytes, 8192U);

  const Tuner both(4, {.threads = 4, .prefetch_bytes = 0, .prefill_threads = 0});
  EXPECT_TRUE(both.settled());
  EXPECT_EQ(both.execution().prefetch_bytes, 0U);
}

TEST(Tuner, HasNoThreadsToTryOnOneThread) {
  Tuner tuner(1, {});
  settle(tuner, [](const Execution&, std::uint32_t) { return 1U; });
  EXPECT_EQ(tuner.execution().decode_threads, 1U);
}

TEST(Tuner, TriesManyThreadsWithoutRunningOutOfRoom) {
  Tuner tuner(256, {});
  settle(tuner, [](const Execution& e, std::uint32_t) { return 1000U / e.decode_threads; });
  EXPECT_EQ(tuner.execution().decode_threads, 256U);
}

}  // namespace
}  // namespace ringlet::port

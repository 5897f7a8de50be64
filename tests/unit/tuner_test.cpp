// The tuner of the Linux port against machines whose times are given.
#include "tuner.hpp"

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
    const std::uint64_t base = e.decode_lanes == 2 ? 1000 : e.decode_lanes == 1 ? 1800 : 1100;
    return base + (e.prefetch_bytes == 4096 ? 0U : 100U);
  };
  Tuner tuner(4, {});
  EXPECT_LE(settle(tuner, bus), 30U);
  EXPECT_EQ(tuner.execution().decode_lanes, 2U);
  EXPECT_EQ(tuner.execution().prefetch_bytes, 4096U);
  EXPECT_EQ(tuner.execution().prefill_lanes, 0U);
}

TEST(Tuner, IgnoresTheFirstTokensAndSingleDisturbances) {
  const Time noisy = [](const Execution& e, std::uint32_t token) -> std::uint64_t {
    if (token < Tuner::warm_up) return 1;  // as if the settings in use then were the best
    if (token % 3 == 0) return 50'000;     // somebody else had the processor
    return e.decode_lanes == 1 ? 1000 : 2000;
  };
  Tuner tuner(2, {});
  settle(tuner, noisy);
  EXPECT_EQ(tuner.execution().decode_lanes, 1U);
}

TEST(Tuner, LeavesFixedSettingsAlone) {
  const Time slower_with_more = [](const Execution& e, std::uint32_t) -> std::uint64_t {
    return 1000 * e.decode_lanes + e.prefetch_bytes;
  };
  Tuner lanes(4, {.lanes = 3, .prefetch_bytes = {}, .prefill_lanes = 2});
  settle(lanes, slower_with_more);
  EXPECT_EQ(lanes.execution().decode_lanes, 3U);
  EXPECT_EQ(lanes.execution().prefill_lanes, 2U);
  EXPECT_EQ(lanes.execution().prefetch_bytes, 1024U);

  Tuner distance(4, {.lanes = {}, .prefetch_bytes = 8192, .prefill_lanes = 0});
  settle(distance, slower_with_more);
  EXPECT_EQ(distance.execution().decode_lanes, 1U);
  EXPECT_EQ(distance.execution().prefetch_bytes, 8192U);

  const Tuner both(4, {.lanes = 4, .prefetch_bytes = 0, .prefill_lanes = 0});
  EXPECT_TRUE(both.settled());
  EXPECT_EQ(both.execution().prefetch_bytes, 0U);
}

TEST(Tuner, HasNoThreadsToTryOnOneLane) {
  Tuner tuner(1, {});
  settle(tuner, [](const Execution&, std::uint32_t) { return 1U; });
  EXPECT_EQ(tuner.execution().decode_lanes, 1U);
}

TEST(Tuner, TriesManyLanesWithoutRunningOutOfRoom) {
  Tuner tuner(256, {});
  settle(tuner, [](const Execution& e, std::uint32_t) { return 1000U / e.decode_lanes; });
  EXPECT_EQ(tuner.execution().decode_lanes, 256U);
}

}  // namespace
}  // namespace ringlet::port

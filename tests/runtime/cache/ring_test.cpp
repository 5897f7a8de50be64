// The ring by brute force. A fake memory remembers which position each slot holds; whatever the
// geometry, the chunking and the rollbacks, every planned read finds exactly the positions it must,
// still in place. One slot fewer than W + n − 1 fails, so the bound is tight.
#include "cache/ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "support/fake_cache.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

TEST(Ring, EveryReadFindsItsPositionsForAnyChunking) {
  for (const RingGeometry& ring : geometries()) {
    FakeCache cache(ring);
    RingCursor cursor;
    Random random(ring.window * 1000 + ring.max_tokens);
    while (cursor.position() < ring.sinks + 4 * (ring.slots() + ring.cold_slots())) {
      const std::uint32_t tokens = 1 + random.below(ring.max_tokens);
      const std::uint64_t start = cursor.position();
      cache.write(start, tokens);
      for (std::uint32_t i = 0; i < tokens; ++i) {
        ASSERT_TRUE(cache.reads_correctly(start + i)) << name(ring) << " at " << start + i;
      }
      cursor.commit(tokens);
    }
  }
}

TEST(Ring, WholeChunksAreTheWorstCaseAndWork) {
  for (const RingGeometry& ring : geometries()) {
    FakeCache cache(ring);
    for (std::uint64_t start = 0; start < ring.sinks + 3 * (ring.slots() + ring.cold_slots());
         start += ring.max_tokens) {
      cache.write(start, ring.max_tokens);
      for (std::uint32_t i = 0; i < ring.max_tokens; ++i) {
        ASSERT_TRUE(cache.reads_correctly(start + i)) << name(ring) << " at " << start + i;
      }
    }
  }
}

TEST(Ring, SpansAreInBoundsAndContiguous) {
  for (const RingGeometry& ring : geometries()) {
    for (std::uint64_t p = 0; p < ring.sinks + 3 * ring.slots(); ++p) {
      const RingSpans read = plan_read(ring, p);
      ASSERT_LE(read.sinks.slot + read.sinks.count, ring.sinks);
      for (const SlotSpan& span : read.hot) {
        ASSERT_LE(span.slot + span.count, ring.slots());
      }
      for (const SlotSpan& span : read.cold) {
        ASSERT_LE(span.slot + span.count, ring.cold_slots());
      }
      if (read.hot[1].count > 0) {
        ASSERT_EQ(read.hot[0].slot + read.hot[0].count, ring.slots())
            << "the first reaches the end";
        ASSERT_EQ(read.hot[1].slot, 0U) << "the second starts over";
        ASSERT_EQ(read.hot[0].position + read.hot[0].count, read.hot[1].position);
      }
    }
  }
}

/// Whether a ring of exactly `slots` slots, without rounding, ever loses a position that a query
/// needs.
bool loses_something(std::uint32_t window, std::uint32_t tokens, std::uint32_t slots) {
  std::array<std::uint64_t, 64> held;
  held.fill(FakeCache::empty);
  const auto at = [&](std::uint64_t position) -> std::uint64_t& {
    return held[static_cast<std::size_t>(position % slots)];
  };
  for (std::uint64_t start = 0; start < 6ULL * (window + tokens); start += tokens) {
    for (std::uint32_t i = 0; i < tokens; ++i) at(start + i) = start + i;
    for (std::uint64_t p = start; p < start + tokens; ++p) {
      for (std::uint64_t j = p + 1 > window ? p + 1 - window : 0; j <= p; ++j) {
        if (at(j) != j) return true;
      }
    }
  }
  return false;
}

TEST(Ring, TheNumberOfSlotsIsTheSmallestThatWorks) {
  for (std::uint32_t window = 1; window < 40; ++window) {
    for (std::uint32_t tokens = 1; tokens < 20; ++tokens) {
      const std::uint32_t enough = window + tokens - 1;
      EXPECT_FALSE(loses_something(window, tokens, enough)) << window << " " << tokens;
      if (enough > 1) {
        EXPECT_TRUE(loses_something(window, tokens, enough - 1)) << window << " " << tokens;
      }
      const RingGeometry ring{.sinks = 0, .window = window, .max_tokens = tokens};
      EXPECT_GE(ring.slots(), enough);
      EXPECT_LT(ring.slots(), enough + 32);
      EXPECT_EQ(ring.slots() % 32, 0U);
    }
  }
}

TEST(Ring, TheTierDependsOnTheDistanceOnly) {
  // The same geometry driven one token at a time and in chunks reads the same positions from the
  // same tier at every step.
  const RingGeometry ring{.sinks = 3, .window = 100, .max_tokens = 16, .hot = 32};
  for (std::uint64_t p = 0; p < 500; ++p) {
    const RingSpans read = plan_read(ring, p);
    const std::uint64_t cold = read.cold[0].count + read.cold[1].count;
    const std::uint64_t r = p >= ring.sinks ? p - ring.sinks + 1 : 0;
    EXPECT_EQ(cold, r <= ring.hot ? 0 : std::min<std::uint64_t>(r, ring.window) - ring.hot) << p;
    if (cold > 0) {
      EXPECT_EQ(read.cold[0].position + cold, read.hot[0].position);
    }
  }
}

TEST(Ring, SinkKeysAreSeenFromNoFurtherThanTheFirstWindow) {
  const RingGeometry ring{.sinks = 4, .window = 28, .max_tokens = 8};
  for (std::uint64_t p = 0; p < 32; ++p) EXPECT_EQ(sink_query_position(ring, p), p);
  EXPECT_EQ(sink_query_position(ring, 32), 31U);
  EXPECT_EQ(sink_query_position(ring, std::uint64_t{1} << 62), 31U);
}

/// Replays random commits and rollbacks. Up to n tokens below the highest position ever written is
/// always possible, and whatever can_truncate allows must read correctly afterwards.
void replay_with_rollbacks(const RingGeometry& ring, std::uint64_t seed) {
  FakeCache cache(ring);
  RingCursor cursor;
  Random random(seed);
  std::uint64_t highest = 0;
  for (int round = 0; round < 120; ++round) {
    const std::uint32_t tokens = 1 + random.below(ring.max_tokens);
    const std::uint64_t start = cursor.position();
    cache.write(start, tokens);
    for (std::uint32_t i = 0; i < tokens; ++i)
      ASSERT_TRUE(cache.reads_correctly(start + i)) << name(ring);
    cursor.commit(tokens);
    highest = std::max(highest, cursor.position());
    if (random.below(3) != 0) continue;
    const std::uint64_t back = random.below(ring.max_tokens + 20);
    const std::uint64_t target = cursor.position() > back ? cursor.position() - back : 0;
    if (!cursor.can_truncate(ring, target)) {
      ASSERT_GT(highest - target, ring.max_tokens) << name(ring) << " back to " << target;
      continue;
    }
    cursor.truncate(target);
    ASSERT_EQ(cursor.position(), target);
    // What a query at `target` sees besides itself is what the query before it sees, from one later
    // on.
    cache.write(target, 1);
    ASSERT_TRUE(cache.reads_correctly(target)) << name(ring) << " back to " << target;
    cursor.commit(1);
  }
}

TEST(Ring, WhatCanBeTruncatedReadsCorrectlyAfterwards) {
  for (const RingGeometry& ring : geometries()) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) replay_with_rollbacks(ring, seed);
  }
}

TEST(Ring, RefusesToTruncateOnlyWhereSomethingIsGone) {
  for (const RingGeometry& ring : geometries()) {
    FakeCache cache(ring);
    RingCursor cursor;
    const std::uint64_t end = ring.sinks + 3 * (ring.slots() + ring.cold_slots()) + 5;
    for (std::uint64_t p = 0; p < end; ++p) {
      cache.write(p, 1);
      cursor.commit(1);
    }
    EXPECT_FALSE(cursor.can_truncate(ring, end + 1));
    for (std::uint64_t target = 0; target <= end; ++target) {
      FakeCache replay = cache;
      replay.write(target, 1);
      const bool intact = replay.reads_correctly(target);
      if (cursor.can_truncate(ring, target)) {
        ASSERT_TRUE(intact) << name(ring) << " back to " << target;
      } else if (ring.hot == 0 && target >= ring.sinks + ring.window && ring.window > 1) {
        // (A window of one reads nothing but what is written again; the rule does not bother. With
        // two tiers it asks for what the next pass demotes again, too, which may be in place
        // already.)
        ASSERT_FALSE(intact) << name(ring) << " could have gone back to " << target;
      }
    }
  }
}

TEST(Ring, GoesBackToTheEarliestPositionAndNoFurther) {
  for (const RingGeometry& ring : geometries()) {
    FakeCache cache(ring);
    RingCursor cursor;
    const std::uint64_t end = ring.sinks + 3 * (ring.slots() + ring.cold_slots()) + 5;
    for (std::uint64_t p = 0; p < end; ++p) {
      cache.write(p, 1);
      cursor.commit(1);
    }
    const std::uint64_t earliest = cursor.earliest(ring);
    EXPECT_LE(earliest + ring.max_tokens, end) << name(ring) << ": at least n tokens back";
    EXPECT_TRUE(cursor.can_truncate(ring, earliest));
    EXPECT_FALSE(cursor.can_truncate(ring, earliest - 1)) << name(ring);
    // From there on everything reads as if it had never been further.
    cursor.truncate(earliest);
    for (std::uint64_t p = earliest; p < end + 40; ++p) {
      cache.write(p, 1);
      ASSERT_TRUE(cache.reads_correctly(p)) << name(ring) << " at " << p;
      cursor.commit(1);
    }
  }
}

/// Copies only the slots in use into separate memory, like a snapshot, and continues reading there.
TEST(Ring, TheSlotsInUseAreAllThatIsNeeded) {
  for (const RingGeometry& ring : geometries()) {
    FakeCache cache(ring);
    RingCursor cursor;
    Random random(ring.window + ring.hot);
    const std::uint64_t end = ring.sinks + 2 * (ring.slots() + ring.cold_slots());
    while (cursor.position() < end) {
      const std::uint32_t tokens = 1 + random.below(ring.max_tokens);
      cache.write(cursor.position(), tokens);
      cursor.commit(tokens);
      if (random.below(8) == 0) {
        const std::uint64_t back = random.below(ring.max_tokens + 3);
        cursor.truncate(
            std::max(cursor.earliest(ring), cursor.position() - std::min(back, cursor.position())));
      }
      FakeCache copy(ring);
      copy.take(cache, slots_in_use(ring, cursor));
      for (std::uint64_t p = cursor.position(); p < cursor.position() + 3; ++p) {
        copy.write(p, 1);
        ASSERT_TRUE(copy.reads_correctly(p)) << name(ring) << " at " << p;
      }
    }
  }
}

TEST(Ring, EverythingMayBeTruncatedBeforeTheFirstWrap) {
  const RingGeometry ring{.sinks = 4, .window = 60, .max_tokens = 5};
  RingCursor cursor;
  for (std::uint32_t p = 0; p < ring.sinks + ring.slots(); ++p) cursor.commit(1);
  for (std::uint64_t target = 0; target <= cursor.position(); ++target) {
    EXPECT_TRUE(cursor.can_truncate(ring, target));
  }
  cursor.commit(1);
  EXPECT_FALSE(cursor.can_truncate(ring, 4));
  cursor.reset();
  EXPECT_EQ(cursor.position(), 0U);
  EXPECT_TRUE(cursor.can_truncate(ring, 0));
}

TEST(Ring, WorksAtPositionsBeyond32Bits) {
  const RingGeometry ring{.sinks = 4, .window = 90, .max_tokens = 7};
  for (const std::uint64_t base : {(std::uint64_t{1} << 32) - 200, std::uint64_t{1} << 62}) {
    FakeCache cache(ring);
    for (std::uint64_t p = 0; p < ring.sinks; ++p) cache.write(p, 1);
    for (std::uint64_t start = base; start < base + 500; start += 7) {
      cache.write(start, 7);
      if (start < base + ring.window) continue;
      for (std::uint64_t p = start; p < start + 7; ++p) ASSERT_TRUE(cache.reads_correctly(p)) << p;
    }
  }
}

}  // namespace
}  // namespace ringlet::test

// Index arithmetic of the ring: which slot holds which position. It needs no storage, tags or
// masks, because validity follows from the position alone.
//
//   position:  0 … S−1 | S … ............................ p
//               sinks  | ring, r = position − S, slot = r mod slots
//
// A query at position p sees the sink positions up to p and the ring positions with r in (r_p − W,
// r_p]. The decoder writes at most n positions before it reads any of them, so W + n − 1 slots keep
// everything that their queries can read; one slot fewer would not. Slots are rounded up to whole
// pages of 32, so a page of 32 absolute positions is always one page of memory.
//
// With two tiers, the hot ring holds the newest R positions and the cold ring holds those before:
//
//   cold: r in (r_p − W, r_p − R]      hot: r in (r_p − R, r_p]
//
// Before m ≤ n ≤ R positions are written, the positions that will be cold for the last of them are
// copied from the hot ring to the cold one (plan_demotion). The tier in which a query reads a
// position thus depends only on their distance, however the tokens were divided into passes. The
// hot ring has R + n slots, one more than its reads need, so that a session that went back by n
// positions still finds what it must demote. The cold ring has W − R + n − 1 slots.
//
// Planning is pure and separate from committing. Positions written according to a plan but not
// committed change nothing that a later query can see, because their slots held positions outside
// every window.
#pragma once

#include <cstdint>

#include "base/features.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Whether a build has layers that keep no keys and values, so that a window can be 0.
inline constexpr bool some_have_no_ring = features::recurrent || features::per_layer;

struct RingGeometry {
  std::uint32_t sinks = 0;  // S: the first positions, never overwritten
  /// W: ring positions that a query sees, its own included; 0: the layer has no ring
  std::uint32_t window = 0;
  std::uint32_t max_tokens = 1;  // n: positions written before any of them is read, at most
  std::uint32_t hot = 0;         // R: the newest positions of the window; 0 if there is one tier

  /// Slots of the ring, or of its hot tier; a multiple of 32.
  [[nodiscard]] constexpr std::uint32_t slots() const noexcept {
    if (some_have_no_ring && window == 0) return 0;
    return ((hot == 0 ? window - 1 : hot) + max_tokens + 31) / 32 * 32;
  }
  /// Slots of the cold tier, a multiple of 32; 0 if there is one tier.
  [[nodiscard]] constexpr std::uint32_t cold_slots() const noexcept {
    return hot == 0 ? 0 : (window - hot + max_tokens - 1 + 31) / 32 * 32;
  }
  friend bool operator==(const RingGeometry&, const RingGeometry&) = default;
};

/// Consecutive positions in consecutive slots.
struct SlotSpan {
  std::uint64_t position = 0;  // of the first slot
  std::uint32_t slot = 0;      // the first slot
  std::uint32_t count = 0;     // 0: empty
};

/// Slots to read or write: a part of the sink region and at most two contiguous spans of each tier,
/// in ascending order of position.
struct RingSpans {
  SlotSpan sinks;
  SlotSpan cold[2];
  SlotSpan hot[2];

  [[nodiscard]] constexpr std::uint32_t count() const noexcept {
    return sinks.count + cold[0].count + cold[1].count + hot[0].count + hot[1].count;
  }
};

/// Returns the slots for `tokens` ≤ max_tokens positions from `position` on.
[[nodiscard]] RingSpans plan_write(const RingGeometry& ring, std::uint64_t position,
                                   std::uint32_t tokens) noexcept;

/// Returns the slots that a query at `position` reads, including its own.
[[nodiscard]] RingSpans plan_read(const RingGeometry& ring, std::uint64_t position) noexcept;

/// Positions to copy from the hot tier to the cold one.
struct Demotion {
  std::uint32_t first_slot = 0;  // hot slot of the first position
  std::uint32_t first_cold_slot = 0;
  std::uint32_t count = 0;  // both slots count up from there, modulo the size of their tier
};

/// Returns the positions to demote before `tokens` positions from `position` on are written. Some
/// of them can have been demoted before, with the same result.
[[nodiscard]] Demotion plan_demotion(const RingGeometry& ring, std::uint64_t position,
                                     std::uint32_t tokens) noexcept;

/// The position to which a query at `position` is rotated when it reads sink keys: min(position, S
/// + W − 1). This keeps sinks at distances that the model was trained on (cache/README.md, "The
/// second query").
[[nodiscard]] constexpr std::uint64_t sink_query_position(const RingGeometry& ring,
                                                          std::uint64_t position) noexcept {
  const std::uint64_t last = std::uint64_t{ring.sinks} + ring.window - 1;
  return position < last ? position : last;
}

/// The progress of a session, and how far it can go back.
class RingCursor {
 public:
  RingCursor() = default;
  /// Restores a cursor at `position` that has been as far as `written` ≥ position.
  RingCursor(std::uint64_t position, std::uint64_t written) noexcept
      : position_(position), written_(written) {}

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  /// One past the highest position ever written.
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

  /// Advances past `tokens` positions written according to plan_write.
  void commit(std::uint32_t tokens) noexcept;

  /// The earliest position whose reads are all still in place. The session can go back to any
  /// position from it to the current one.
  [[nodiscard]] std::uint64_t earliest(const RingGeometry& ring) const noexcept;

  [[nodiscard]] bool can_truncate(const RingGeometry& ring, std::uint64_t position) const noexcept {
    return position <= position_ && position >= earliest(ring);
  }

  /// Goes back to `position`, which every layer's ring must allow.
  void truncate(std::uint64_t position) noexcept;

  void reset() noexcept { *this = RingCursor(); }

 private:
  std::uint64_t position_ = 0;  // next position to write
  std::uint64_t written_ = 0;
};

/// How many slots of each region, from the first on, hold data that the session can still need: the
/// exact number of sinks, whole pages of the tiers, and all slots of a tier that has wrapped.
struct SlotsInUse {
  std::uint32_t sinks = 0;
  std::uint32_t hot = 0;
  std::uint32_t cold = 0;
  // The ring or its cold tier has wrapped, so the position of a slot depends on the number of
  // slots.
  bool wrapped = false;
};
[[nodiscard]] SlotsInUse slots_in_use(const RingGeometry& ring, const RingCursor& cursor) noexcept;

}  // namespace ringlet

// The arithmetic of the ring: which slot holds which position. No storage, no tags, no masks: what
// is valid follows from the position alone.
//
//   position:  0 … S−1 | S … ............................ p
//              pinned  | ring, r = position − S, slot = r mod slots
//
// A query at position p sees the pinned positions up to p and the ring positions with
// r in (r_p − W, r_p]. One forward pass appends at most n positions before any of them is read, so
// slots ≥ W + n − 1 keeps everything that the pass may read; one slot fewer fails. Slots are
// rounded up to whole pages of 32, so a page of 32 absolute positions is always one page of memory.
//
// With two tiers the ring holds the newest R positions and a second one, the cold ring, those
// before:
//
//   cold: r in (r_p − W, r_p − R]      hot: r in (r_p − R, r_p]
//
// Before a pass writes m ≤ n ≤ R positions from h on, what will be cold for the last of them is
// copied from the hot ring to the cold one (plan_demotion). So the tier in which a query reads a
// position depends on their distance only, however the tokens were divided into passes. The hot
// ring has R + n slots, one more than its reads need, so that a session that went back by n
// positions finds what it demotes again; the cold one has W − R + n − 1.
//
// Planning is pure and committing is separate: a pass that fails before its commit has changed
// nothing that a later query can see, because the slots it wrote held positions out of every
// window.
#pragma once

#include <cstdint>

#include "ringlet/status.hpp"

namespace ringlet {

struct RingGeometry {
  std::uint32_t pinned = 0;      // S: the first positions, never overwritten
  std::uint32_t window = 0;      // W: ring positions that a query sees, its own included
  std::uint32_t max_tokens = 1;  // n: the most tokens of one forward pass
  std::uint32_t hot = 0;         // R: the newest of the window; 0 when there is one tier

  /// Slots of the ring, or of its hot tier; a multiple of 32.
  [[nodiscard]] constexpr std::uint32_t slots() const noexcept {
    return ((hot == 0 ? window - 1 : hot) + max_tokens + 31) / 32 * 32;
  }
  /// Slots of the cold tier, a multiple of 32 (0 when there is one tier).
  [[nodiscard]] constexpr std::uint32_t cold_slots() const noexcept {
    return hot == 0 ? 0 : (window - hot + max_tokens - 1 + 31) / 32 * 32;
  }
  friend bool operator==(const RingGeometry&, const RingGeometry&) = default;
};

/// Consecutive positions in consecutive slots.
struct SlotSpan {
  std::uint64_t position = 0;  // of the first
  std::uint32_t slot = 0;      // of the first
  std::uint32_t count = 0;     // 0: empty
};

/// Slots to read or to write: part of the pinned region and at most two contiguous spans of each
/// tier, in ascending order of position.
struct RingSpans {
  SlotSpan pinned;
  SlotSpan cold[2];
  SlotSpan ring[2];

  [[nodiscard]] constexpr std::uint32_t count() const noexcept {
    return pinned.count + cold[0].count + cold[1].count + ring[0].count + ring[1].count;
  }
};

/// Where `tokens` ≤ max_tokens positions starting at `position` are written.
[[nodiscard]] RingSpans plan_write(const RingGeometry& ring, std::uint64_t position,
                                   std::uint32_t tokens) noexcept;

/// What a query at `position` reads, its own position included.
[[nodiscard]] RingSpans plan_read(const RingGeometry& ring, std::uint64_t position) noexcept;

/// Positions on their way from the hot tier to the cold one.
struct Demotion {
  std::uint32_t first_slot = 0;  // hot slot of the first
  std::uint32_t first_cold_slot = 0;
  std::uint32_t count = 0;  // slots of both count up from there, modulo their number
};

/// What has to be demoted before `tokens` positions are written from `position` on; some of it may
/// have been before, with the same result.
[[nodiscard]] Demotion plan_demotion(const RingGeometry& ring, std::uint64_t position,
                                     std::uint32_t tokens) noexcept;

/// The position through which pinned keys are seen by a query at `position`: min(position, S + W −
/// 1), so that they stay at distances the model has met (kv cache page: the second query).
[[nodiscard]] constexpr std::uint64_t pinned_query_position(const RingGeometry& ring,
                                                            std::uint64_t position) noexcept {
  const std::uint64_t last = std::uint64_t{ring.pinned} + ring.window - 1;
  return position < last ? position : last;
}

/// How far a session has come, and how far it may go back.
class RingCursor {
 public:
  RingCursor() = default;
  /// As it was once: at `position`, having been as far as `written`, which is no less.
  RingCursor(std::uint64_t position, std::uint64_t written) noexcept
      : position_(position), written_(written) {}

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  /// One past the highest position ever written.
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

  /// Advances past `tokens` that were written according to plan_write.
  void commit(std::uint32_t tokens) noexcept;

  /// The earliest position where everything that a query there reads is still in place; from it to
  /// the present one the session may go back to any.
  [[nodiscard]] std::uint64_t earliest(const RingGeometry& ring) const noexcept;

  [[nodiscard]] bool can_truncate(const RingGeometry& ring, std::uint64_t position) const noexcept {
    return position <= position_ && position >= earliest(ring);
  }

  /// Goes back to `position`, which is no earlier than any layer's ring allows.
  void truncate(std::uint64_t position) noexcept;

  void reset() noexcept { *this = RingCursor(); }

 private:
  std::uint64_t position_ = 0;  // the next to be written
  std::uint64_t written_ = 0;
};

/// How many slots of each region, from the first on, hold something that the session can still
/// need: the pinned positions one by one, whole pages of the tiers, and all of them once a tier has
/// wrapped.
struct SlotsInUse {
  std::uint32_t pinned = 0;
  std::uint32_t ring = 0;
  std::uint32_t cold = 0;
  bool wrapped =
      false;  // in the ring or its cold tier: which slot is whose depends on their number
};
[[nodiscard]] SlotsInUse slots_in_use(const RingGeometry& ring, const RingCursor& cursor) noexcept;

}  // namespace ringlet

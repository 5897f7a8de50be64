#include "cache/ring.hpp"

#include <algorithm>

#include "ringlet/division.hpp"

namespace ringlet {
namespace {

/// Splits the ring positions [first, first + count), counted from the end of the sinks, into one or
/// two spans of `slots` slots.
void split(const RingGeometry& ring, std::uint32_t slots, std::uint64_t first, std::uint32_t count,
           SlotSpan (&out)[2]) {
  const auto slot = remainder(first, slots);
  const std::uint32_t before_wrap = std::min(count, slots - slot);
  out[0] = {ring.sinks + first, slot, before_wrap};
  out[1] = {ring.sinks + first + before_wrap, 0, count - before_wrap};
}

/// How many of the first `end` positions come after the first `n`.
std::uint64_t positions_after(std::uint64_t end, std::uint32_t n) { return end > n ? end - n : 0; }

}  // namespace

RingSpans plan_write(const RingGeometry& ring, std::uint64_t position,
                     std::uint32_t tokens) noexcept {
  RingSpans spans;
  if (position < ring.sinks) {
    const auto start = static_cast<std::uint32_t>(position);
    spans.sinks = {position, start, std::min(tokens, ring.sinks - start)};
  }
  const std::uint32_t rest = tokens - spans.sinks.count;
  if (rest > 0) {
    split(ring, ring.slots(), position + spans.sinks.count - ring.sinks, rest, spans.hot);
  }
  return spans;
}

RingSpans plan_read(const RingGeometry& ring, std::uint64_t position) noexcept {
  RingSpans spans;
  const std::uint64_t end = position + 1;
  if (ring.sinks > 0) {
    spans.sinks = {0, 0, static_cast<std::uint32_t>(std::min<std::uint64_t>(end, ring.sinks))};
  }
  if (end > ring.sinks) {
    const std::uint64_t ring_end = end - ring.sinks;
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(ring_end, ring.window));
    const std::uint32_t hot = ring.hot == 0 ? count : std::min(count, ring.hot);
    split(ring, ring.slots(), ring_end - hot, hot, spans.hot);
    if (count > hot) {
      split(ring, ring.cold_slots(), ring_end - count, count - hot, spans.cold);
    }
  }
  return spans;
}

Demotion plan_demotion(const RingGeometry& ring, std::uint64_t position,
                       std::uint32_t tokens) noexcept {
  const std::uint64_t end = position + tokens;
  if (ring.hot == 0 || end <= std::uint64_t{ring.sinks} + ring.hot) return {};
  const std::uint64_t last = end - ring.sinks - ring.hot;
  const std::uint64_t first = last > tokens ? last - tokens : 0;
  return {.first_slot = remainder(first, ring.slots()),
          .first_cold_slot = remainder(first, ring.cold_slots()),
          .count = static_cast<std::uint32_t>(last - first)};
}

void RingCursor::commit(std::uint32_t tokens) noexcept {
  position_ += tokens;
  written_ = std::max(written_, position_);
}

std::uint64_t RingCursor::earliest(const RingGeometry& ring) const noexcept {
  if (some_have_no_ring && ring.window == 0) return 0;
  // A tier of s slots holds the last s positions that were ever written to it.
  const std::uint64_t ring_end = positions_after(written_, ring.sinks);
  const std::uint64_t kept = positions_after(ring_end, ring.slots());
  std::uint64_t r = 0;
  if (ring.hot == 0) {
    // A query at r reads back to r − W + 1; everything from r on is written again.
    if (kept > 0) r = kept + ring.window - 1;
  } else {
    // The next pass demotes from r − R on, and reads positions that were demoted before.
    const std::uint64_t cold_kept =
        positions_after(positions_after(ring_end, ring.hot), ring.cold_slots());
    if (kept > 0) r = kept + ring.hot;
    if (cold_kept > 0) r = std::max(r, cold_kept + ring.window - 1);
  }
  return r > 0 ? ring.sinks + r : 0;
}

void RingCursor::truncate(std::uint64_t position) noexcept { position_ = position; }

SlotsInUse slots_in_use(const RingGeometry& ring, const RingCursor& cursor) noexcept {
  SlotsInUse used;
  if (some_have_no_ring && ring.window == 0) return used;
  const auto in_pages = [](std::uint64_t positions) {
    return static_cast<std::uint32_t>((positions + 31) / 32 * 32);
  };
  // `reached` positions were written to a tier at some time; the first `end` of them still count.
  const auto in_tier = [&](std::uint64_t end, std::uint64_t reached, std::uint32_t slots) {
    used.wrapped = used.wrapped || reached > slots;
    return reached > slots ? slots : in_pages(end);
  };
  used.sinks = static_cast<std::uint32_t>(std::min<std::uint64_t>(cursor.position(), ring.sinks));
  const std::uint64_t end = positions_after(cursor.position(), ring.sinks);
  const std::uint64_t reached = positions_after(cursor.written(), ring.sinks);
  used.hot = in_tier(end, reached, ring.slots());
  if (ring.hot > 0) {
    used.cold = in_tier(positions_after(end, ring.hot), positions_after(reached, ring.hot),
                        ring.cold_slots());
  }
  return used;
}

}  // namespace ringlet

#include "cache/ring.hpp"

#include <algorithm>

namespace ringlet {
namespace {

/// The ring positions [first, first + count), r-indexed, as one or two spans of `slots` slots.
void split(const RingGeometry& ring, std::uint32_t slots, std::uint64_t first, std::uint32_t count,
           SlotSpan (&out)[2]) {
  const auto slot = static_cast<std::uint32_t>(first % slots);
  const std::uint32_t before_wrap = std::min(count, slots - slot);
  out[0] = {ring.pinned + first, slot, before_wrap};
  out[1] = {ring.pinned + first + before_wrap, 0, count - before_wrap};
}

}  // namespace

RingSpans plan_write(const RingGeometry& ring, std::uint64_t position,
                     std::uint32_t tokens) noexcept {
  RingSpans spans;
  if (position < ring.pinned) {
    const auto start = static_cast<std::uint32_t>(position);
    spans.pinned = {position, start, std::min(tokens, ring.pinned - start)};
  }
  const std::uint32_t rest = tokens - spans.pinned.count;
  if (rest > 0) {
    split(ring, ring.slots(), position + spans.pinned.count - ring.pinned, rest, spans.ring);
  }
  return spans;
}

RingSpans plan_read(const RingGeometry& ring, std::uint64_t position) noexcept {
  RingSpans spans;
  const std::uint64_t end = position + 1;
  if (ring.pinned > 0) {
    spans.pinned = {0, 0, static_cast<std::uint32_t>(std::min<std::uint64_t>(end, ring.pinned))};
  }
  if (end > ring.pinned) {
    const std::uint64_t ring_end = end - ring.pinned;
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(ring_end, ring.window));
    const std::uint32_t hot = ring.hot == 0 ? count : std::min(count, ring.hot);
    split(ring, ring.slots(), ring_end - hot, hot, spans.ring);
    if (count > hot) {
      split(ring, ring.cold_slots(), ring_end - count, count - hot, spans.cold);
    }
  }
  return spans;
}

Demotion plan_demotion(const RingGeometry& ring, std::uint64_t position,
                       std::uint32_t tokens) noexcept {
  const std::uint64_t end = position + tokens;
  if (ring.hot == 0 || end <= std::uint64_t{ring.pinned} + ring.hot) return {};
  const std::uint64_t last = end - ring.pinned - ring.hot;
  const std::uint64_t first = last > tokens ? last - tokens : 0;
  return {.first_slot = static_cast<std::uint32_t>(first % ring.slots()),
          .first_cold_slot = static_cast<std::uint32_t>(first % ring.cold_slots()),
          .count = static_cast<std::uint32_t>(last - first)};
}

void RingCursor::commit(std::uint32_t tokens) noexcept {
  position_ += tokens;
  written_ = std::max(written_, position_);
}

bool RingCursor::can_truncate(const RingGeometry& ring, std::uint64_t position) const noexcept {
  if (position > position_) return false;
  const std::uint64_t ring_end = written_ > ring.pinned ? written_ - ring.pinned : 0;
  // A tier of `slots` holds the last of the `end` positions that it was ever given.
  const auto first_kept = [](std::uint64_t end, std::uint32_t slots) {
    return end > slots ? end - slots : 0;
  };
  const std::uint64_t r = position > ring.pinned ? position - ring.pinned : 0;
  if (ring.hot == 0) {
    // A query at `position` reads back to position − W + 1; from `position` on all is written
    // again.
    const std::uint64_t kept = first_kept(ring_end, ring.slots());
    return kept == 0 || (position >= ring.pinned && r + 1 >= kept + ring.window);
  }
  // The next pass demotes from position − R on, and reads what was demoted before.
  const std::uint64_t kept = first_kept(ring_end, ring.slots());
  const std::uint64_t cold_end = ring_end > ring.hot ? ring_end - ring.hot : 0;
  const std::uint64_t cold_kept = first_kept(cold_end, ring.cold_slots());
  return (kept == 0 || (position >= ring.pinned && r >= kept + ring.hot)) &&
         (cold_kept == 0 || (position >= ring.pinned && r + 1 >= cold_kept + ring.window));
}

void RingCursor::truncate(std::uint64_t position) noexcept { position_ = position; }

}  // namespace ringlet

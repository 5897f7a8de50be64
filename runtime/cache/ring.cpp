#include "cache/ring.hpp"

#include <algorithm>

namespace ringlet {
namespace {

/// The ring positions [first, first + count), r-indexed, as one or two spans.
void split(const RingGeometry& ring, std::uint64_t first, std::uint32_t count, SlotSpan (&out)[2]) {
  const std::uint32_t slots = ring.slots();
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
  if (rest > 0) split(ring, position + spans.pinned.count - ring.pinned, rest, spans.ring);
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
    split(ring, ring_end - count, count, spans.ring);
  }
  return spans;
}

void RingCursor::commit(std::uint32_t tokens) noexcept {
  position_ += tokens;
  written_ = std::max(written_, position_);
}

bool RingCursor::can_truncate(const RingGeometry& ring, std::uint64_t position) const noexcept {
  if (position > position_) return false;
  if (written_ <= std::uint64_t{ring.pinned} + ring.slots()) return true;  // never wrapped
  if (position < ring.pinned) return false;
  // The ring holds the last slots() of what was ever written; a query at `position` reads back to
  // position − W + 1, and the positions from `position` on will be written again first.
  const std::uint64_t oldest_kept = written_ - ring.slots();
  return position + 1 >= oldest_kept + ring.window;
}

void RingCursor::truncate(std::uint64_t position) noexcept { position_ = position; }

}  // namespace ringlet

// Storage for the tests of the ring: slots that remember which position was written to them last.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "cache/ring.hpp"

namespace ringlet::test {

class FakeCache {
 public:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};

  explicit FakeCache(const RingGeometry& ring) : ring_(ring) {
    EXPECT_LE(std::max({ring.sinks, ring.cold_slots(), ring.slots()}), most_slots);
    for (Slots* slots : {&sinks_, &cold_, &slots_}) slots->fill(empty);
  }

  void write(std::uint64_t position, std::uint32_t tokens) {
    const Demotion demotion = plan_demotion(ring_, position, tokens);
    for (std::uint32_t i = 0; i < demotion.count; ++i) {
      cold_[(demotion.first_cold_slot + i) % ring_.cold_slots()] =
          slots_[(demotion.first_slot + i) % ring_.slots()];
    }
    const RingSpans spans = plan_write(ring_, position, tokens);
    ASSERT_EQ(spans.count(), tokens);
    std::uint64_t next = position;
    for_each(spans, [&](std::uint64_t at, std::uint64_t& slot) {
      EXPECT_EQ(at, next) << "written out of order";
      slot = next++;
    });
  }

  /// Takes over the slots in use of another cache, and no others.
  void take(const FakeCache& other, const SlotsInUse& used) {
    std::copy_n(other.sinks_.begin(), used.sinks, sinks_.begin());
    std::copy_n(other.cold_.begin(), used.cold, cold_.begin());
    std::copy_n(other.slots_.begin(), used.hot, slots_.begin());
  }

  /// True when a read at `p` gets every position it must, once, in order, finds them in their
  /// slots, and finds the newest of the window and no others in the hot tier.
  [[nodiscard]] bool reads_correctly(std::uint64_t p) {
    std::uint64_t next = 0;
    std::uint64_t read = 0;
    bool right = true;
    for_each(plan_read(ring_, p), [&](std::uint64_t at, std::uint64_t& slot) {
      if (next == ring_.sinks) next = oldest(p);
      right = right && at == next && slot == at;
      ++next;
      ++read;
    });
    const std::uint64_t sinks = std::min<std::uint64_t>(p + 1, ring_.sinks);
    const std::uint64_t in_ring = p < ring_.sinks ? 0 : p + 1 - oldest(p);
    const RingSpans spans = plan_read(ring_, p);
    const std::uint64_t hot = spans.hot[0].count + spans.hot[1].count;
    const std::uint64_t expected_hot =
        ring_.hot == 0 ? in_ring : std::min<std::uint64_t>(in_ring, ring_.hot);
    return right && read == sinks + in_ring && hot == expected_hot;
  }

 private:
  /// The first ring position that a query at p sees.
  [[nodiscard]] std::uint64_t oldest(std::uint64_t p) const {
    const std::uint64_t window_start = p + 1 > ring_.window ? p + 1 - ring_.window : 0;
    return std::max<std::uint64_t>(ring_.sinks, window_start);
  }

  template <typename Visit>
  void for_each(const RingSpans& spans, Visit visit) {
    for (std::uint32_t i = 0; i < spans.sinks.count; ++i) {
      visit(spans.sinks.position + i, sinks_[spans.sinks.slot + i]);
    }
    for (const SlotSpan& span : spans.cold) {
      for (std::uint32_t i = 0; i < span.count; ++i) visit(span.position + i, cold_[span.slot + i]);
    }
    for (const SlotSpan& span : spans.hot) {
      for (std::uint32_t i = 0; i < span.count; ++i)
        visit(span.position + i, slots_[span.slot + i]);
    }
  }

  static constexpr std::uint32_t most_slots = 256;
  using Slots = std::array<std::uint64_t, most_slots>;

  RingGeometry ring_;
  Slots sinks_, cold_, slots_;
};

inline std::span<const RingGeometry> geometries() {
  static std::array<RingGeometry, 1400> all;
  std::size_t count = 0;
  for (const std::uint32_t sinks : {0U, 1U, 4U, 31U, 32U, 33U, 70U}) {
    for (const std::uint32_t window : {1U, 2U, 17U, 31U, 32U, 33U, 64U, 100U}) {
      for (const std::uint32_t tokens : {1U, 2U, 7U, 16U, 33U}) {
        all[count++] = {.sinks = sinks, .window = window, .max_tokens = tokens};
        for (const std::uint32_t hot : {1U, 16U, 33U, 64U}) {
          if (tokens > hot || hot >= window) continue;
          all[count++] = {.sinks = sinks, .window = window, .max_tokens = tokens, .hot = hot};
        }
      }
    }
  }
  return std::span(all).first(count);
}

/// "S=4 W=64 n=16 R=0". Valid until the next call.
inline std::string_view name(const RingGeometry& ring) {
  static std::array<char, 64> text;
  std::size_t size = 0;
  const auto append = [&size](std::string_view label, std::uint32_t value) {
    for (const char c : label) text[size++] = c;
    std::array<char, 10> digits;
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
    } while ((value /= 10) != 0);
    while (count > 0) text[size++] = digits[--count];
  };
  append("S=", ring.sinks);
  append(" W=", ring.window);
  append(" n=", ring.max_tokens);
  append(" R=", ring.hot);
  return {text.data(), size};
}

}  // namespace ringlet::test

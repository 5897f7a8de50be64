// The descending order of candidates, as far as it is needed. Templates, because the type of a
// candidate is the sampler's own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>

namespace ringlet {

/// Whether to spend code on vocabularies that boards do not have: cuts that leave few candidates
/// even if many logits are about as high, and their division into buckets.
inline constexpr bool for_large_vocabularies = sizeof(void*) > 4;

/// Lower logits first, higher ids first among equal logits. No two candidates are equal and none is
/// NaN, so this is a strict total order: every sorting algorithm gives the same sequence.
constexpr auto less_likely = [](const auto& a, const auto& b) noexcept {
  return a.value != b.value ? a.value < b.value : a.token > b.token;
};

/// Divides the logits from `best` down to `lowest` into equal buckets. A higher logit is never in a
/// later bucket, because rounding keeps the order. The last bucket has all that is lower, and NaN.
class Buckets {
 public:
  Buckets(float best, float lowest, std::size_t count) noexcept
      : best_(best),
        scale_(static_cast<float>(count) / (best - lowest)),
        last_(static_cast<float>(count - 1)) {}

  [[nodiscard]] std::uint32_t of(float logit) const noexcept {
    const float bucket = (best_ - logit) * scale_;
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(bucket < last_ ? bucket : last_));
  }

  /// Adds the logits to a histogram. In two loops, because compilers turn the first into vectors.
  void count(std::span<const float> logits, std::span<std::uint32_t> bars) const noexcept {
    constexpr std::size_t part = 64;
    std::uint32_t buckets[part];
    for (std::size_t first = 0; first < logits.size(); first += part) {
      const std::size_t size = std::min(part, logits.size() - first);
      for (std::size_t i = 0; i < size; ++i) buckets[i] = of(logits[first + i]);
      for (std::size_t i = 0; i < size; ++i) ++bars[buckets[i]];
    }
  }

 private:
  float best_;
  float scale_;
  float last_;
};

/// Moves candidates to their buckets, in place, and sets starts[b] to the first index of bucket b
/// (Neubert, "The Flashsort1 algorithm", 1998).
template <typename Candidate>
void distribute(std::span<Candidate> all, const Buckets& buckets,
                std::span<std::uint32_t> starts) noexcept {
  std::fill(starts.begin(), starts.end(), 0);
  for (const Candidate& c : all) ++starts[buckets.of(c.value)];
  // At first the ends. Each candidate that arrives moves the start of its bucket down.
  for (std::size_t b = 1; b < starts.size(); ++b) starts[b] += starts[b - 1];
  std::size_t first = 0;  // before it, all have arrived
  for (std::size_t moved = 0; moved < all.size();) {
    std::size_t bucket = buckets.of(all[first].value);
    while (first >= starts[bucket]) bucket = buckets.of(all[++first].value);
    Candidate hand = all[first];
    for (std::size_t to = all.size(); to != first; ++moved) {
      to = --starts[buckets.of(hand.value)];
      std::swap(hand, all[to]);
    }
  }
}

/// Sorts the buckets of distribute() one after the other, or one bucket of all if there are none.
template <typename Candidate>
class Descending {
 public:
  Descending(std::span<Candidate> all, std::span<const std::uint32_t> starts) noexcept
      : all_(all), starts_(starts) {}

  /// Puts the `count` most likely candidates in front, in descending order.
  void advance(std::size_t count) noexcept {
    while (sorted_ < count) {
      if (sorted_ == end_) {
        open_bucket();
      } else {
        // A heap from the back, whose top moves to the front.
        std::pop_heap(from(end_), from(sorted_), less_likely);
        ++sorted_;
      }
    }
  }

 private:
  static constexpr std::size_t few = 16;

  auto from(std::size_t index) const noexcept {
    return std::make_reverse_iterator(all_.data() + index);
  }

  void open_bucket() noexcept {
    ++bucket_;
    end_ = bucket_ < starts_.size() ? starts_[bucket_] : all_.size();
    if (!for_large_vocabularies || end_ - sorted_ > few) {
      std::make_heap(from(end_), from(sorted_), less_likely);
      return;
    }
    const std::size_t first = sorted_;
    for (; sorted_ < end_; ++sorted_) {
      const Candidate hand = all_[sorted_];
      std::size_t to = sorted_;
      for (; to > first && less_likely(all_[to - 1], hand); --to) all_[to] = all_[to - 1];
      all_[to] = hand;
    }
  }

  std::span<Candidate> all_;
  std::span<const std::uint32_t> starts_;
  std::size_t bucket_ = 0;
  std::size_t sorted_ = 0;
  std::size_t end_ = 0;
};

}  // namespace ringlet

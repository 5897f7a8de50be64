// The descending order of candidates, as far as it is needed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/features.hpp"
#include "base/heap.hpp"
#include "sampling/candidate.hpp"

namespace ringlet {

/// Whether a vocabulary is large enough for passes that leave fewer candidates even if many logits
/// are about as high, and for buckets. They decide only how long a choice takes.
constexpr bool is_large(std::size_t vocabulary) noexcept {
  return !features::for_size && vocabulary > 1024;
}

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

/// Moves candidates to their buckets, in place, and sets starts[b] to the first index of bucket b,
/// counted from the back (Neubert, "The Flashsort1 algorithm", 1998).
inline void distribute(std::span<Candidate> all, const Buckets& buckets,
                       std::span<std::uint32_t> starts) noexcept {
  const auto from_back = [&](std::size_t i) -> Candidate& { return all[all.size() - 1 - i]; };
  std::fill(starts.begin(), starts.end(), 0);
  for (const Candidate c : all) ++starts[buckets.of(logit_of(c))];
  // At first the ends. Each candidate that arrives moves the start of its bucket down.
  for (std::size_t b = 1; b < starts.size(); ++b) starts[b] += starts[b - 1];
  std::uint32_t first = 0;  // before it, all have arrived
  for (std::size_t moved = 0; moved < all.size();) {
    std::size_t bucket = buckets.of(logit_of(from_back(first)));
    while (first >= starts[bucket]) bucket = buckets.of(logit_of(from_back(++first)));
    Candidate hand = from_back(first);
    for (auto to = static_cast<std::uint32_t>(all.size()); to != first; ++moved) {
      to = --starts[buckets.of(logit_of(hand))];
      std::swap(hand, from_back(to));
    }
  }
}

/// Sorts candidates at the back of an array, the most likely one last: the buckets of distribute()
/// one after the other, or one bucket of all if there are none.
class Ascending {
 public:
  Ascending(std::span<Candidate> all, std::span<const std::uint32_t> starts) noexcept
      : back_(all.data() + all.size()), size_(all.size()), starts_(starts) {
    if (features::for_size) heap::make(all.data(), size_);
  }

  /// Puts the `count` most likely candidates at the back.
  void advance(std::size_t count) noexcept {
    for (; sorted_ < count; ++sorted_) {
      if (features::for_size) {
        heap::pop(back_ - size_, size_ - sorted_);
        continue;
      }
      while (sorted_ == end_) open_bucket();
      // The heap is before what is sorted, and its top moves to its end.
      if (sorted_ < end_of_heap_) heap::pop(back_ - end_of_heap_, end_of_heap_ - sorted_);
    }
  }

 private:
  static constexpr std::size_t few = 16;

  void open_bucket() noexcept {
    ++bucket_;
    end_ = bucket_ < starts_.size() ? starts_[bucket_] : size_;
    if (end_ - sorted_ > few) {
      heap::make(back_ - end_, end_ - sorted_);
      end_of_heap_ = end_;
    } else {
      sort_by_insertion(back_ - end_, back_ - sorted_);
    }
  }

  static void sort_by_insertion(Candidate* first, const Candidate* last) noexcept {
    for (Candidate* next = first; next < last; ++next) {
      const Candidate hand = *next;
      Candidate* to = next;
      for (; to > first && to[-1] > hand; --to) *to = to[-1];
      *to = hand;
    }
  }

  // All indices are counted from the back.
  Candidate* back_;
  std::size_t size_;
  std::span<const std::uint32_t> starts_;
  std::size_t bucket_ = 0;
  std::size_t sorted_ = 0;
  std::size_t end_ = 0;  // of the bucket
  std::size_t end_of_heap_ = 0;
};

}  // namespace ringlet

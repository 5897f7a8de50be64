#include "ringlet/linux/tuner.hpp"

#include <algorithm>
#include <limits>

namespace ringlet::port {

Tuner::Tuner(std::uint32_t threads, const Fixed& fixed) noexcept
    : fixed_(fixed), threads_(threads) {
  execution_.decode_threads = fixed.threads.value_or(threads);
  execution_.prefill_threads = fixed.prefill_threads;
  execution_.prefetch_bytes = fixed.prefetch_bytes.value_or(execution_.prefetch_bytes);
  begin(Phase::threads);
}

void Tuner::begin(Phase phase) noexcept {
  phase_ = phase;
  count_ = tried_ = 0;
  best_.fill(std::numeric_limits<std::uint64_t>::max());
  if (phase == Phase::threads && !fixed_.threads) {
    for (std::uint32_t n = 1; n < threads_ && count_ + 1 < most_candidates; n *= 2) {
      candidates_[count_++] = n;
    }
    candidates_[count_++] = threads_;
  }
  if (phase == Phase::prefetch && !fixed_.prefetch_bytes) {
    for (const std::uint32_t bytes : {1024U, 2048U, 4096U}) candidates_[count_++] = bytes;
  }
  if (phase == Phase::settled) return;
  if (count_ > 1) {
    apply(0);
  } else {
    begin(phase == Phase::threads ? Phase::prefetch : Phase::settled);
  }
}

void Tuner::apply(std::uint32_t candidate) noexcept {
  std::uint32_t& setting =
      phase_ == Phase::threads ? execution_.decode_threads : execution_.prefetch_bytes;
  setting = candidates_[candidate];
}

void Tuner::record(std::uint64_t nanoseconds) noexcept {
  if (settled()) return;
  if (skip_ > 0) {
    --skip_;
    return;
  }
  std::uint64_t& best = best_[tried_ % count_];
  best = std::min(best, nanoseconds);
  if (++tried_ == rounds * count_) {
    decide();
  } else {
    apply(tried_ % count_);
  }
}

void Tuner::decide() noexcept {
  const auto* fastest = std::min_element(best_.begin(), best_.begin() + count_);
  apply(static_cast<std::uint32_t>(fastest - best_.begin()));
  begin(phase_ == Phase::threads ? Phase::prefetch : Phase::settled);
}

}  // namespace ringlet::port

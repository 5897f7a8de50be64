#include "calibrate/workers.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

namespace ringlet::convert {
namespace {

/// The calls of one for_each. Threads take the next one until none is left.
class Calls {
 public:
  Calls(std::size_t count, const std::function<void(std::size_t)>& work)
      : count_(count), work_(work), failed_(count) {}

  void run() noexcept {
    for (std::size_t i = next_++; i < count_; i = next_++) {
      try {
        work_(i);
      } catch (...) {
        record(i);
      }
    }
  }

  void rethrow() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  void record(std::size_t i) noexcept {
    const std::scoped_lock lock(mutex_);
    next_ = count_;
    if (i >= failed_) return;
    failed_ = i;
    error_ = std::current_exception();
  }

  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;  // guards what follows
  std::size_t failed_;
  std::exception_ptr error_;
};

}  // namespace

void Workers::for_each(std::size_t count, const std::function<void(std::size_t)>& work) {
  if (count == 0) return;
  Calls calls(count, work);
  const Team team = team_.team();
  const auto threads = static_cast<std::uint32_t>(std::min<std::size_t>(team.threads, count));
  team.run(
      team.user_data, threads,
      [](void* argument, std::uint32_t) { static_cast<Calls*>(argument)->run(); }, &calls);
  calls.rethrow();
}

}  // namespace ringlet::convert

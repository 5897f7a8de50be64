#include "ringlet/linux/threads.hpp"

#include <sched.h>

#include <algorithm>
#include <cfenv>
#include <new>
#include <string>
#include <system_error>

#include "clock.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::port {
namespace {

/// Tells the processor that this is a spin loop.
void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

/// Waits until `counter` differs from `old`: spins first, then sleeps.
void wait_for_change(const std::atomic<std::uint32_t>& counter, std::uint32_t old) noexcept {
  constexpr int looks_per_time = 64;  // reading the clock costs as much as a few loads
  const std::uint64_t started = now_nanoseconds();
  do {
    for (int look = 0; look < looks_per_time; ++look) {
      if (counter.load(std::memory_order_acquire) != old) return;
      pause();
    }
  } while (now_nanoseconds() - started < ThreadTeam::spin_nanoseconds);
  counter.wait(old, std::memory_order_acquire);
}

}  // namespace

ThreadTeam::ThreadTeam(std::uint32_t threads)
    : threads_(std::max(threads, 1U)), workers_(std::make_unique<Worker[]>(threads_ - 1)) {
  try {
    for (std::uint32_t thread = 1; thread < threads_; ++thread) {
      workers_[thread - 1].thread = std::thread([this, thread] { serve(thread); });
    }
  } catch (const std::system_error& error) {
    stop();
    const std::string subject = "a team of " + std::to_string(threads_) + " threads";
    throw Failure(subject + ": cannot be started: " + error.code().message() + "; use --threads 1");
  } catch (const std::bad_alloc&) {
    stop();
    throw;
  }
}

ThreadTeam::~ThreadTeam() { stop(); }

void ThreadTeam::stop() noexcept {
  work_ = nullptr;
  for (std::uint32_t i = 0; i + 1 < threads_; ++i) give(workers_[i]);
  for (std::uint32_t i = 0; i + 1 < threads_; ++i) {
    if (workers_[i].thread.joinable()) workers_[i].thread.join();
  }
}

void ThreadTeam::give(Worker& worker) noexcept {
  // Sequentially consistent, here and below, because the check for sleepers comes after it.
  worker.given.fetch_add(1);
  worker.given.notify_one();
}

void ThreadTeam::run(void* user_data, std::uint32_t threads, Team::Work work, void* argument) {
  auto& team = *static_cast<ThreadTeam*>(user_data);
  const std::uint32_t workers = threads - 1;
  if (workers == 0) {
    work(argument, 0);
    return;
  }
  team.work_ = work;
  team.argument_ = argument;
  team.finished_.store(0, std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < workers; ++i) give(team.workers_[i]);
  work(argument, 0);
  for (std::uint32_t done = team.finished_.load(std::memory_order_acquire); done != workers;
       done = team.finished_.load(std::memory_order_acquire)) {
    wait_for_change(team.finished_, done);
  }
}

void ThreadTeam::serve(std::uint32_t thread) noexcept {
  // The environment that Session::create requires of its caller: round to nearest, keep denormals.
  std::fesetenv(FE_DFL_ENV);
  for (std::uint32_t seen = 0;; ++seen) {
    wait_for_change(workers_[thread - 1].given, seen);
    if (work_ == nullptr) return;
    work_(argument_, thread);
    finished_.fetch_add(1);
    finished_.notify_one();
  }
}

std::uint32_t default_threads(std::uint64_t weight_bytes) noexcept {
  constexpr std::uint64_t small = 4U << 20;
  return weight_bytes < small ? 1 : 4;
}

std::uint32_t available_processors() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(CPU_COUNT(&allowed), 1));
}

}  // namespace ringlet::port

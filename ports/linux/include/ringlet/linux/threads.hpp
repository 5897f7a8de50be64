// A team of threads for a session: created once, woken for each piece of work, asleep in between.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "ringlet/team.hpp"

namespace ringlet::port {

/// Threads that run the work of a session. Thread 0 is the caller; the others are workers.
///
/// Each worker has a counter of the pieces of work it was given. The caller increments the counters
/// of the threads it needs. Each of those runs the piece once and increments a second counter,
/// which the caller waits for. Both sides spin on their counter for `spin_nanoseconds` before they
/// sleep, since the pieces of one token follow each other within microseconds. Threads that are
/// idle for longer cost no time.
///
/// Nothing is allocated after construction. The work sees every write of the caller before run(),
/// and the caller sees every write of the work after it.
class ThreadTeam {
 public:
  /// Longest time that a thread spins before it sleeps.
  static constexpr std::uint64_t spin_nanoseconds = 50'000;

  /// Starts max(threads, 1) − 1 workers. Throws Failure if the system cannot start them.
  explicit ThreadTeam(std::uint32_t threads);
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;
  ~ThreadTeam();

  /// The team for Session::create, valid while this object lives. Only one session at a time can
  /// use it.
  [[nodiscard]] Team team() noexcept {
    return {.threads = threads_, .user_data = this, .run = &run};
  }

 private:
  /// The counter that one worker waits for, on its own cache line.
  struct alignas(64) Worker {
    std::atomic<std::uint32_t> given{0};
    std::thread thread;
  };

  static void run(void* user_data, std::uint32_t threads, Team::Work work, void* argument);
  void serve(std::uint32_t thread) noexcept;
  void stop() noexcept;

  static void give(Worker& worker) noexcept;

  const std::uint32_t threads_;
  Team::Work work_ = nullptr;  // null: the workers must end
  void* argument_ = nullptr;
  std::unique_ptr<Worker[]> workers_;  // worker i is thread i + 1
  alignas(64) std::atomic<std::uint32_t> finished_{0};
};

/// The default number of threads to plan for: 1 for weights that nearly fit a core's own cache,
/// where a barrier costs as much as it saves, and 4 otherwise, since a few cores saturate a memory
/// bus. Depends only on the model, so that a plan is the same number everywhere.
[[nodiscard]] std::uint32_t default_threads(std::uint64_t weight_bytes) noexcept;

/// Number of processors that this process can use, at least one.
[[nodiscard]] std::uint32_t available_processors() noexcept;

}  // namespace ringlet::port

// A team of threads for a session: made once, woken for each piece of work, asleep in between.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "ringlet/team.hpp"

namespace ringlet::port {

/// Lane 0 is the caller; the others are threads that wait for work.
///
/// Each worker has a counter of the pieces of work it was given; the caller raises those of the
/// lanes it needs, each of them runs the piece once and adds itself to a second counter, for which
/// the caller waits. Both sides watch their counter for `spin` before they sleep on it, since the
/// pieces of one token follow each other within microseconds; lanes that have nothing to do for
/// longer cost no time.
///
/// Nothing is allocated after construction. Every write of the caller before run() is seen by the
/// work, and every write of the work by the caller after it.
class ThreadTeam {
 public:
  /// The longest that a thread watches a counter before it sleeps.
  static constexpr std::uint64_t spin_nanoseconds = 50'000;

  /// Starts lanes − 1 threads (at least one lane). Throws Failure when the system has none left.
  explicit ThreadTeam(std::uint32_t lanes);
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;
  ~ThreadTeam();

  /// The team as a session takes it; valid while this object lives. One caller at a time.
  [[nodiscard]] Team team() noexcept { return {.lanes = lanes_, .self = this, .run = &run}; }

 private:
  /// What one worker waits for, on a line of its own.
  struct alignas(64) Worker {
    std::atomic<std::uint32_t> given{0};
    std::thread thread;
  };

  static void run(void* self, std::uint32_t lanes, Team::Work work, void* argument);
  void serve(std::uint32_t lane) noexcept;
  void stop() noexcept;

  static void give(Worker& worker) noexcept;

  const std::uint32_t lanes_;
  Team::Work work_ = nullptr;  // null: the threads are to end
  void* argument_ = nullptr;
  std::unique_ptr<Worker[]> workers_;  // of lane i + 1
  alignas(64) std::atomic<std::uint32_t> finished_{0};
};

/// The lanes that a plan has room for unless told otherwise: one where the weights fit a core's own
/// cache, or nearly so, because a barrier then costs as much as it saves; otherwise four, since few
/// cores saturate a memory bus. Depends on the model alone, so that a plan is the same number
/// everywhere.
[[nodiscard]] std::uint32_t default_lanes(std::uint64_t weight_bytes) noexcept;

/// Processors that this process may use, at least one.
[[nodiscard]] std::uint32_t available_processors() noexcept;

}  // namespace ringlet::port

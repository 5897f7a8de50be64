// The thread that computes: takes jobs from a bounded queue, and passes until all are answered.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <span>
#include <thread>

#include "serve/seats/scheduler.hpp"

namespace ringlet::serve {

class Engine {
 public:
  /// Starts the thread. At most `most_waiting` jobs wait while no seat is idle. `scheduler` must
  /// outlive the object; only its thread uses it until the end.
  Engine(Scheduler& scheduler, std::size_t most_waiting);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  /// Ends what is being answered.
  ~Engine();

  /// Queues jobs, all or none. Returns false, and leaves the jobs, if too many wait or the engine
  /// finishes.
  [[nodiscard]] bool submit(std::span<Job> jobs);
  [[nodiscard]] bool submit(Job& job) { return submit({&job, 1}); }

  /// The most jobs at once, those with a seat and those that wait.
  [[nodiscard]] std::size_t most_jobs() const noexcept { return most_waiting_ + seats_; }

  /// Takes no more jobs, answers those that have a seat, fails those that wait, saves all seats,
  /// and ends the thread. Answers still unfinished after `most` end as cancelled.
  void finish(std::chrono::milliseconds most);

  [[nodiscard]] std::size_t waiting() const;

 private:
  void run();
  void sweep_waiting();
  void seat_waiting();

  Scheduler& scheduler_;
  const std::size_t most_waiting_;
  const std::size_t seats_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::size_t idle_seats_;  // as the thread has seen last; these jobs wait only for the thread
  bool finishing_ = false;
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::time_point::max();
  std::thread thread_;
};

}  // namespace ringlet::serve

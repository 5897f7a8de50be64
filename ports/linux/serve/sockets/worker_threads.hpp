// The threads that serve connections: a fixed number, and no queue.
#pragma once

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace ringlet::serve {

/// A connection takes a thread until it ends. Where all are taken, the next one is served by the
/// thread that accepts, which is_refused() tells, so that it is answered at once with an error.
class WorkerThreads : public httplib::TaskQueue {
 public:
  /// `scarce` says whether few threads are left, so that nobody should keep one without need; it
  /// must outlive the object.
  WorkerThreads(std::size_t count, std::atomic<bool>& scarce);
  ~WorkerThreads() override;
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  void enqueue(std::function<void()> task) override;
  void shutdown() override;

  /// Whether the current thread serves a connection for which there was none.
  [[nodiscard]] static bool is_refused() noexcept;

 private:
  void run();
  void count_busy(std::size_t busy);

  const std::size_t count_;
  std::atomic<bool>& scarce_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::function<void()>> tasks_;
  std::size_t busy_ = 0;  // or about to be
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ringlet::serve

#include "serve/sockets/worker_threads.hpp"

#include <utility>

namespace ringlet::serve {
namespace {

thread_local bool refused = false;

}  // namespace

WorkerThreads::WorkerThreads(std::size_t count, std::atomic<bool>& scarce)
    : count_(count), scarce_(scarce) {
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

WorkerThreads::~WorkerThreads() { shutdown(); }

bool WorkerThreads::is_refused() noexcept { return refused; }

void WorkerThreads::count_busy(std::size_t busy) {
  busy_ = busy;
  scarce_ = (count_ - busy_) * 2 < count_;
}

void WorkerThreads::enqueue(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_ < count_) {
      tasks_.push_back(std::move(task));
      count_busy(busy_ + 1);
      changed_.notify_one();
      return;
    }
  }
  refused = true;
  task();
  refused = false;
}

void WorkerThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerThreads::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
    count_busy(busy_ - 1);
  }
}

}  // namespace ringlet::serve

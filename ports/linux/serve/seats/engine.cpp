#include "serve/seats/engine.hpp"

#include <utility>

namespace ringlet::serve {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Engine::Engine(Scheduler& scheduler, std::size_t most_waiting)
    : scheduler_(scheduler),
      most_waiting_(most_waiting),
      seats_(scheduler.seats()),
      idle_seats_(scheduler.idle_seats()),
      thread_([this] { run(); }) {}

Engine::~Engine() { finish(std::chrono::milliseconds(0)); }

bool Engine::submit(std::span<Job> jobs) {
  const std::lock_guard lock(mutex_);
  if (finishing_ || waiting_.size() + jobs.size() > most_waiting_ + idle_seats_) return false;
  for (Job& job : jobs) waiting_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

std::size_t Engine::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void Engine::finish(std::chrono::milliseconds most) {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    end_ = Clock::now() + most;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

/// Drops waiting jobs that nobody waits for any more.
void Engine::sweep_waiting() {
  const auto now = Clock::now();
  std::erase_if(waiting_, [&](Job& job) {
    const bool cancelled = job.mailbox->cancelled();
    if (!cancelled && now <= job.deadline) return false;
    job.mailbox->end(cancelled ? Ending::cancelled : Ending::overdue);
    return true;
  });
}

/// Gives seats to waiting jobs, in order. To seat one can take long, so the queue is open
/// meanwhile. A job leaves the queue for a seat alone, and takes the seat's place in the queue with
/// it, so the bound holds.
void Engine::seat_waiting() {
  while (true) {
    Job job;
    {
      const std::lock_guard lock(mutex_);
      sweep_waiting();
      idle_seats_ = scheduler_.idle_seats();
      if (finishing_ || waiting_.empty() || idle_seats_ == 0) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
      --idle_seats_;
    }
    (void)scheduler_.seat(job);
  }
}

void Engine::run() {
  while (true) {
    seat_waiting();
    const bool busy = scheduler_.pass();
    std::unique_lock lock(mutex_);
    idle_seats_ = scheduler_.idle_seats();
    if (finishing_ && (!scheduler_.is_busy() || Clock::now() > end_)) break;
    if (busy) continue;
    changed_.wait(lock, [&] { return finishing_ || !waiting_.empty(); });
  }
  scheduler_.end_all(Ending::stopping);
  {
    const std::lock_guard lock(mutex_);
    for (Job& job : waiting_) job.mailbox->end(Ending::stopping);
    waiting_.clear();
  }
  scheduler_.keep_all();
}

}  // namespace ringlet::serve

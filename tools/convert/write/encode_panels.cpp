#include "write/encode_panels.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ringlet::convert {
namespace {

/// Every thread takes the next panel, reads it before another thread takes one, encodes it while
/// the others do the same, and waits for its turn to hand it over. A thread waits only for panels
/// that others have taken already, so one thread is enough.
class PanelQueue {
 public:
  PanelQueue(PanelEncoder& encoder, const std::function<void(const Panel&)>& use)
      : encoder_(encoder), use_(use), count_(encoder.panel_count()) {}

  /// What each thread runs, until no panel is left or one has failed.
  void run() noexcept {
    Panel panel;
    while (const std::optional<std::uint32_t> number = prepare(panel)) {
      if (!hand_over(*number, panel)) return;
    }
  }

  void rethrow() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  /// Takes, reads and encodes a panel. Returns its number, or nothing if none is left. An error
  /// waits for the panel's turn.
  std::optional<std::uint32_t> prepare(Panel& panel) noexcept {
    std::unique_lock source(source_);
    if (next_ == count_) return std::nullopt;
    const std::uint32_t number = next_++;
    try {
      encoder_.read(number, panel);
      source.unlock();
      encoder_.encode(panel);
    } catch (...) {
      if (!source.owns_lock()) source.lock();
      next_ = count_;
      source.unlock();
      fail(number);
    }
    return number;
  }

  /// Returns false if this panel or one before it has failed.
  bool hand_over(std::uint32_t number, const Panel& panel) noexcept {
    bool done = true;
    {
      std::unique_lock order(order_);
      changed_.wait(order, [&] { return turn_ == number || error_ != nullptr; });
      if (error_ != nullptr) return false;
      try {
        encoder_.add(panel);
        use_(panel);
      } catch (...) {
        error_ = std::current_exception();
        done = false;
      }
      ++turn_;
    }
    changed_.notify_all();
    return done;
  }

  /// Records the current exception, unless a panel before this one fails too.
  void fail(std::uint32_t number) noexcept {
    const std::exception_ptr error = std::current_exception();
    {
      std::unique_lock order(order_);
      changed_.wait(order, [&] { return turn_ == number || error_ != nullptr; });
      if (error_ == nullptr) error_ = error;
    }
    changed_.notify_all();
  }

  PanelEncoder& encoder_;
  const std::function<void(const Panel&)>& use_;
  const std::uint32_t count_;
  std::mutex source_;       // guards the source and next_
  std::uint32_t next_ = 0;  // the panel to take; count_ after an error
  std::mutex order_;        // guards what follows
  std::condition_variable changed_;
  std::uint32_t turn_ = 0;  // the panel to hand over
  std::exception_ptr error_;
};

}  // namespace

void encode_panels(PanelEncoder& encoder, std::uint32_t threads,
                   const std::function<void(const Panel&)>& use) {
  PanelQueue queue(encoder, use);
  {
    std::vector<std::jthread> others;
    try {
      for (std::uint32_t i = 1; i < std::min(threads, encoder.panel_count()); ++i) {
        others.emplace_back([&queue] { queue.run(); });
      }
    } catch (const std::exception&) {  // no more threads, or no memory for them
    }
    queue.run();
  }
  queue.rethrow();
}

}  // namespace ringlet::convert

// Which tokens of which seats go through the layers together.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "serve/seats/job.hpp"
#include "serve/seats/seat.hpp"

namespace ringlet::serve {

/// What has been done since the start. Any thread can read it.
struct Counters {
  std::atomic<std::uint64_t> passes{0};
  std::atomic<std::uint64_t> prompt_tokens{0};
  std::atomic<std::uint64_t> cached_tokens{0};
  std::atomic<std::uint64_t> tokens{0};
  std::atomic<std::uint64_t> drafted{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> busy_nanoseconds{0};
  std::atomic<std::uint64_t> answers{0};  // begun
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint32_t> busy_seats{0};
};

/// Where conversations that have left their seat are kept.
class SeatKeeper {
 public:
  virtual ~SeatKeeper() = default;
  /// How much of the prompt a kept conversation has, roughly; 0 for none.
  [[nodiscard]] virtual std::size_t best_share(const Job& job) const = 0;
  /// Brings the best one back into the seat. Returns whether that was possible.
  virtual bool bring_back(const Job& job, Seat& seat) = 0;
  /// Keeps what the seat holds.
  virtual void keep(Seat& seat) = 0;
};

/// Every call is from one thread. A pass has the next token of every answer first; the rows that
/// are left go to prompts in equal parts, or to drafts where nobody reads a prompt. So an answer
/// never waits for another's prompt.
class Scheduler {
 public:
  /// `keeper` can be null. The references must outlive the object.
  Scheduler(const SeatSettings& settings, Counters& counters, SeatKeeper* keeper);

  /// The bytes that one takes for logits.
  [[nodiscard]] static std::uint64_t scratch_bytes(const Model& model);

  /// Gives the job a seat: the one whose conversation it continues, an empty one, or the one that
  /// has been idle longest. Returns false, and leaves the job, if all are busy.
  bool seat(Job& job);

  /// Whether any seat is busy.
  [[nodiscard]] bool is_busy() const;
  [[nodiscard]] std::size_t idle_seats() const;
  [[nodiscard]] std::size_t seats() const noexcept { return seats_.size(); }

  /// Ends answers that nobody waits for, and those that take too long; then computes one pass.
  /// Returns false if there was nothing to compute.
  bool pass();

  /// Ends all answers.
  void end_all(Ending ending);
  /// Gives every conversation to the keeper.
  void keep_all();

 private:
  [[nodiscard]] Seat* seat_for(const Job& job);
  void sweep();
  void add(Seat& seat, std::size_t most);
  void collect_rows();
  void share_out();

  /// The rows of one seat in a pass.
  struct Share {
    Seat* seat;
    std::uint32_t first;
    std::uint32_t count;
  };

  std::vector<float> scratch_;
  SeatSettings settings_;
  Counters& counters_;
  SeatKeeper* keeper_;
  std::deque<Seat> seats_;
  std::vector<std::uint64_t> used_;  // by seat: when it was given, in jobs
  std::uint64_t jobs_ = 0;
  std::size_t turn_ = 0;  // which prompt comes first
  std::vector<Pool::Row> rows_;
  std::vector<Share> shares_;
};

}  // namespace ringlet::serve

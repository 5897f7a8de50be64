// One pool under test, and the expected state of its sessions: those of lone sessions that are fed
// the same tokens.
#pragma once

#include <memory>
#include <vector>

#include "fuzz/session_driver.hpp"
#include "ringlet/pool.hpp"
#include "support/guarded_bytes.hpp"

namespace ringlet::test {

/// What a session or a branch of the pool should hold.
struct Seat {
  std::vector<TokenId> text;
  std::uint64_t highest = 0;     // the highest position since its start
  std::uint64_t remembered = 0;  // the first position that recurrent layers can go back to
  std::uint64_t rows = 0;        // of logits that belong to the last tokens
  bool is_begun = true;          // a ring always is
  std::uint32_t root = 0;        // of a branch: the session whose ring it reads
  std::uint64_t begins = 0;      // of a branch: where it was forked
  std::uint64_t limit = 0;       // of a branch: the position that it may reach
};

/// The snapshot of a seat, and what it must restore.
struct KeptSeat {
  std::shared_ptr<GuardedBytes> bytes;  // read-only; sinks can be read there
  Seat seat;
};

/// A pool in guarded memory of exactly its planned size, behind either interface.
class PoolSubject {
 public:
  struct Choices {
    PoolConfig config;
    Interface interface = Interface::cpp;
    const KernelSet* kernels = nullptr;
    GuardedBytes::Flush flush = GuardedBytes::Flush::end;
    std::byte garbage{};
  };

  /// Null where the configuration is refused, by the plan and by the pool alike, or needs more
  /// memory than a test should take.
  static std::unique_ptr<PoolSubject> create(const Model& model, const Choices& choices);

  // The calls of Pool, with its contracts, by the interface that was chosen.
  Status prefix(std::span<const TokenId> tokens);
  Status prefix(const std::shared_ptr<GuardedBytes>& snapshot);
  Status step(std::span<const Pool::Row> rows);
  Status fork(std::uint32_t from, std::uint32_t to, std::uint32_t most_tokens);
  [[nodiscard]] std::span<const float> logits(std::uint32_t row) const;
  [[nodiscard]] Session session(std::uint32_t index) const { return pool_.session(index); }

  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] const PoolConfig& config() const { return config_; }
  [[nodiscard]] std::uint32_t vocabulary() const { return model_->architecture().vocab_size; }
  /// The configuration of a lone session that computes the same, with sinks of its own.
  [[nodiscard]] Config alone() const;

  // What is expected of a seat.
  [[nodiscard]] bool is_branch(std::uint32_t index) const { return index >= config_.sessions; }
  [[nodiscard]] bool lacks_sinks(std::uint32_t index) const;
  [[nodiscard]] bool has_sinks() const;  // in any layer
  [[nodiscard]] std::uint64_t pinned(std::uint32_t index) const;
  [[nodiscard]] std::uint32_t branches_of(std::uint32_t ring) const;
  /// How many tokens the seat may append; none where it may not go on at all.
  [[nodiscard]] std::uint64_t room(std::uint32_t index) const;
  void append(std::uint32_t index, std::span<const TokenId> tokens, std::uint64_t with_logits);
  /// A branch ends; a session begins anew, and its branches end.
  void begin_anew(std::uint32_t index);

  /// Saves in memory of exactly the size.
  [[nodiscard]] KeptSeat save(std::uint32_t index) const;
  /// Restores, and expects the outcome that the snapshot and the prefix call for.
  bool restore(const KeptSeat& snapshot, std::uint32_t index);

  /// The snapshots of all seats, one after the other: all of the pool's state.
  [[nodiscard]] std::vector<std::byte> state() const;

  /// Ends the program unless the seat holds what a lone session with its text holds, now and after
  /// some more tokens. The pool does not change.
  void compare(std::uint32_t index) const;

  std::vector<Seat> seats;
  std::vector<TokenId> shared;  // the prefix; empty while there is none

 private:
  PoolSubject() = default;

  const Model* model_ = nullptr;
  PoolConfig config_;
  GuardedBytes memory_;
  Interface interface_ = Interface::cpp;
  Pool pool_;
  std::vector<std::shared_ptr<GuardedBytes>> kept_;  // sinks lie in them
};

}  // namespace ringlet::test

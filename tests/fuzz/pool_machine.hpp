// Sequences of calls of a pool that the bytes of an input decide.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "fuzz/byte_source.hpp"
#include "fuzz/pool_subject.hpp"

namespace ringlet::test {

/// A pool in a configuration that the input selects. The result of every call is checked against
/// what the texts of its sessions call for; at the end, and after some calls, the sessions are
/// compared with fresh lone ones.
class PoolMachine {
 public:
  explicit PoolMachine(ByteSource bytes);

  /// Runs until the input ends. Returns how often a session was compared; 0 where no pool was
  /// created.
  std::size_t run();

 private:
  using Operation = void (PoolMachine::*)();

  void step();
  void step_refused();
  void prefill();
  void verify();
  void truncate();
  void reset();
  void fork();
  void save();
  void restore();
  void prefix();
  void compare();
  static const std::array<Operation, 16> operations;

  [[nodiscard]] PoolConfig choose_config();
  [[nodiscard]] std::uint32_t choose_number(std::uint32_t first, std::uint32_t last);
  [[nodiscard]] std::uint32_t choose_seat() {
    return static_cast<std::uint32_t>(bytes_.below(subject_->seats.size()));
  }
  [[nodiscard]] std::vector<TokenId> choose_tokens(std::uint64_t count);
  [[nodiscard]] bool has_branches() const;
  /// The rows of a pass that is accepted, and the number of logits of each of its sessions.
  struct Pass {
    std::vector<Pool::Row> rows;
    std::vector<bool> has_logits;  // of each row
  };
  [[nodiscard]] Pass choose_pass();
  void take_prefix(const std::vector<TokenId>& tokens);

  ByteSource bytes_;
  const Model& model_;
  std::unique_ptr<PoolSubject> subject_;
  std::vector<KeptSeat> snapshots_;
  std::size_t compared_ = 0;
};

}  // namespace ringlet::test

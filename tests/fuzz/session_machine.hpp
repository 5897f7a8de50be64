// Sequences of calls that the bytes of an input decide.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "fuzz/byte_source.hpp"
#include "fuzz/session_subject.hpp"

namespace ringlet::test {

/// A few sessions of one model, in configurations that the input selects, and the snapshots that
/// they saved. The result of every call is checked. At the end, and after some calls, the sessions
/// are compared with a fresh one.
class SessionMachine {
 public:
  explicit SessionMachine(ByteSource bytes);

  /// Runs until the input ends. Returns how often a session was compared with a fresh one.
  std::size_t run();

 private:
  using Operation = void (SessionMachine::*)(SessionSubject&);

  void create();
  void prefill(SessionSubject& subject);
  void prefill_cancelled(SessionSubject& subject);
  void refused_tokens(SessionSubject& subject);
  void step(SessionSubject& subject);
  void verify(SessionSubject& subject);
  void sample(SessionSubject& subject);
  void digest(SessionSubject& subject);
  void truncate(SessionSubject& subject);
  void reset(SessionSubject& subject);
  void save(SessionSubject& subject);
  void restore(SessionSubject& subject);
  void make_prefix(const SessionSubject& subject);
  void restore_damaged(SessionSubject& subject);
  void set_execution(SessionSubject& subject);
  void compare(SessionSubject& subject);
  void create_another(SessionSubject& subject);
  static const std::array<Operation, 20> operations;

  [[nodiscard]] const KernelSet& choose_kernels();
  [[nodiscard]] Config choose_config();
  [[nodiscard]] std::uint32_t choose_number(std::uint32_t first, std::uint32_t last);
  [[nodiscard]] std::vector<TokenId> choose_tokens(const SessionSubject& subject, std::size_t most);
  void appended(SessionSubject& subject, std::span<const TokenId> tokens);

  ByteSource bytes_;
  const Model& model_;
  std::vector<std::unique_ptr<SessionSubject>> subjects_;
  std::vector<KeptSnapshot> snapshots_;
  std::size_t compared_ = 0;
};

}  // namespace ringlet::test

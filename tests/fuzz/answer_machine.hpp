// Sequences of calls about answers that follow a grammar, which the bytes of an input decide.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "fuzz/answer_subject.hpp"
#include "fuzz/byte_source.hpp"

namespace ringlet::test {

/// A few sessions, each with the state of a grammar, and what they saved. The outcome of every call
/// is checked. At the end, and after some calls, sessions and states are compared with fresh ones.
class AnswerMachine {
 public:
  explicit AnswerMachine(ByteSource bytes) : bytes_(bytes) {}

  /// Runs until the input ends. Returns how often an answer was compared with a fresh one.
  std::size_t run();

 private:
  using Operation = void (AnswerMachine::*)(AnswerSubject&);

  void create();
  void accept(AnswerSubject& subject);
  void accept_any(AnswerSubject& subject);
  void end(AnswerSubject& subject);
  void sample(AnswerSubject& subject);
  void undo(AnswerSubject& subject);
  void verify_forced(AnswerSubject& subject);
  void speculate(AnswerSubject& subject);
  void rewind(AnswerSubject& subject);
  void change_list(AnswerSubject& subject);
  void change_span(AnswerSubject& subject);
  void save(AnswerSubject& subject);
  void restore(AnswerSubject& subject);
  void restore_damaged(AnswerSubject& subject);
  void compare(AnswerSubject& subject);
  void create_another(AnswerSubject& subject);
  static const std::array<Operation, 22> operations;

  [[nodiscard]] std::vector<TokenId> allowed(AnswerSubject& subject);
  [[nodiscard]] std::vector<TokenId> choose_draft(AnswerSubject& subject);

  ByteSource bytes_;
  std::vector<std::unique_ptr<AnswerSubject>> subjects_;
  std::vector<KeptAnswer> kept_;
  std::size_t compared_ = 0;
};

}  // namespace ringlet::test

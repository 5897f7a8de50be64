// Reads lines from a terminal with libedit: editing, history, pasted text in one piece, and a
// redrawn screen after Ctrl-Z.
#pragma once

#include <memory>
#include <string>

namespace ringlet::cli {

class TerminalEditor {
 public:
  /// Creates an editor for standard input that draws on standard error. Returns null if the program
  /// was built without libedit or memory is exhausted. `history_path` is the history file; empty
  /// for none.
  [[nodiscard]] static std::unique_ptr<TerminalEditor> create(const std::string& history_path);

  TerminalEditor(const TerminalEditor&) = delete;
  TerminalEditor& operator=(const TerminalEditor&) = delete;
  ~TerminalEditor();

  /// Reads a line with its newline. Returns false at the end of the input or after a signal, for
  /// which an InterruptWatch must exist. Pasted text is one line, even if it contains newlines.
  bool read(const std::string& prompt, std::string& line);

  /// Adds a line to the history unless it is blank.
  void remember(const std::string& line);

 private:
  struct State;
  explicit TerminalEditor(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace ringlet::cli

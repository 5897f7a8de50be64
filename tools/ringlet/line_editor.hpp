// Reads messages: with editing and history on a terminal, otherwise as they arrive from a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "terminal_editor.hpp"

namespace ringlet::cli {

class LineEditor {
 public:
  /// The outcome of reading a message.
  enum class Outcome : std::uint8_t { line, interrupted, end };

  /// `history_path` is the history file for terminals; empty for none.
  explicit LineEditor(const std::string& history_path);

  /// Shows `prompt` on standard error if a person sees it, and reads a line without its newline. A
  /// line that ends in a backslash continues on the next one, and text pasted into a terminal stays
  /// together; only then does `line` contain newlines. Ctrl-C discards the line.
  Outcome read(const std::string& prompt, std::string& line);

 private:
  bool read_one(const std::string& prompt, std::string& line);

  std::unique_ptr<TerminalEditor> terminal_;  // null if standard input is not a terminal
  std::string buffered_;                      // input from a pipe beyond the last line
};

}  // namespace ringlet::cli

// Lines that a person types: with editing and history on a terminal, as they come from a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace ringlet::cli {

class LineEditor {
 public:
  /// What came of asking for a line.
  enum class Outcome : std::uint8_t { line, interrupted, end };

  LineEditor();
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Reads a line, without the newline, after showing `prompt` on standard error where a person
  /// sees it. A line that ends in a backslash goes on with the next. Ctrl-C gives up the line.
  Outcome read(const std::string& prompt, std::string& line);

 private:
  struct Terminal;
  bool read_one(const std::string& prompt, std::string& line);

  std::unique_ptr<Terminal> terminal_;  // none when standard input is no terminal
  std::string buffered_;                // what a pipe has given beyond the last line
};

}  // namespace ringlet::cli

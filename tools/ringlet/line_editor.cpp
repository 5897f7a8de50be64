#include "line_editor.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

/// Removes the line ending of any operating system.
void drop_line_end(std::string& line) {
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
}

}  // namespace

LineEditor::LineEditor(const std::string& history_path) {
  if (port::is_terminal(STDIN_FILENO)) terminal_ = TerminalEditor::create(history_path);
}

LineEditor::Outcome LineEditor::read(const std::string& prompt, std::string& line) {
  const port::InterruptWatch watch;
  line.clear();
  std::string part;
  std::string shown = prompt;
  bool continues = false;
  do {
    if (!read_one(shown, part)) {
      if (port::InterruptWatch::signal() != 0) return Outcome::interrupted;
      if (!continues) return Outcome::end;
      part.clear();  // input that ends after a backslash is still a message
    }
    drop_line_end(part);
    line += part;
    continues = part.ends_with('\\');
    if (continues) line.back() = '\n';
    shown = "... ";
  } while (continues);
  if (terminal_) terminal_->remember(line);
  return Outcome::line;
}

/// Reads one line with its newline. Returns false at the end of the input or after a signal.
bool LineEditor::read_one(const std::string& prompt, std::string& line) {
  if (terminal_) return terminal_->read(prompt, line);
  if (port::is_terminal(STDIN_FILENO)) {
    [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, prompt);
  }
  std::array<char, 4096> block;
  std::size_t end = buffered_.find('\n');
  while (end == std::string::npos) {
    const ssize_t count = port::read_some(STDIN_FILENO, block);
    if (count < 0 && port::InterruptWatch::signal() != 0) return false;
    if (count < 0) throw port::system_failure("standard input", "cannot be read", errno);
    if (count == 0) {
      line = std::move(buffered_);
      buffered_.clear();
      return !line.empty();
    }
    buffered_.append(block.data(), static_cast<std::size_t>(count));
    end = buffered_.find('\n');
  }
  line = buffered_.substr(0, end + 1);
  buffered_.erase(0, end + 1);
  return true;
}

}  // namespace ringlet::cli

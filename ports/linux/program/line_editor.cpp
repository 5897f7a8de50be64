#include "line_editor.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <clocale>
#include <cstdio>

#include "failure.hpp"
#include "terminal.hpp"

#ifdef RINGLET_HAS_LIBEDIT
#include <histedit.h>
#endif

namespace ringlet::cli {

#ifdef RINGLET_HAS_LIBEDIT

struct LineEditor::Terminal {
  Terminal() : editor(el_init("ringlet", stdin, stderr, stderr)), past(history_init()) {
    if (!usable()) return;
    HistEvent event;
    history(past, &event, H_SETSIZE, 1000);
    history(past, &event, H_SETUNIQUE, 1);
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT, &Terminal::show_prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_HIST, history, past);
    el_source(editor, nullptr);  // ~/.editrc
  }
  ~Terminal() {
    if (past != nullptr) history_end(past);
    if (editor != nullptr) el_end(editor);
  }
  /// Not where memory has run out; lines are read without the library then.
  [[nodiscard]] bool usable() const { return editor != nullptr && past != nullptr; }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  static char* show_prompt(EditLine* editor) {
    Terminal* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return self->prompt.data();
  }

  bool read(const std::string& shown, std::string& line) {
    prompt = shown;
    int size = 0;
    const char* text = el_gets(editor, &size);
    if (text == nullptr || size <= 0) {
      [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, "\n");
      return false;
    }
    line.assign(text, static_cast<std::size_t>(size));
    HistEvent event;
    if (line != "\n") history(past, &event, H_ENTER, line.c_str());
    return true;
  }

  EditLine* editor;
  History* past;
  std::string prompt;
};

#else

/// Without the library the terminal's own editing has to do.
struct LineEditor::Terminal {};

#endif

LineEditor::LineEditor() {
  if (!port::is_terminal(STDIN_FILENO)) return;
  std::setlocale(LC_CTYPE, "");  // so that a character of several bytes is one place on the screen
#ifdef RINGLET_HAS_LIBEDIT
  terminal_ = std::make_unique<Terminal>();
  if (!terminal_->usable()) terminal_.reset();
#endif
}

LineEditor::~LineEditor() = default;

LineEditor::Outcome LineEditor::read(const std::string& prompt, std::string& line) {
  const port::InterruptWatch watch;
  line.clear();
  std::string part;
  std::string shown = prompt;
  do {
    if (!read_one(shown, part)) {
      return port::InterruptWatch::signal() != 0 ? Outcome::interrupted : Outcome::end;
    }
    if (part.ends_with('\n')) part.pop_back();
    if (!line.empty()) line.back() = '\n';  // the backslash
    line += part;
    shown = "... ";
  } while (line.ends_with('\\'));
  return Outcome::line;
}

/// One line with its newline; false at the end of the input and when a signal has come.
bool LineEditor::read_one(const std::string& prompt, std::string& line) {
#ifdef RINGLET_HAS_LIBEDIT
  if (terminal_) return terminal_->read(prompt, line);
#endif
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

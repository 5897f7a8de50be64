#include "terminal_editor.hpp"

#ifdef RINGLET_HAS_LIBEDIT

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string_view>

#include "blanks.hpp"
#include "history_file.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

// Terminals with bracketed paste send pasted text between "\e[200~" and "\e[201~".
constexpr std::string_view paste_on = "\033[?2004h";
constexpr std::string_view paste_off = "\033[?2004l";

volatile std::sig_atomic_t suspended = 0;
volatile std::sig_atomic_t continued = 0;
volatile std::sig_atomic_t resized = 0;

extern "C" void note_job_control(int number) {
  if (number == SIGTSTP) suspended = 1;
  if (number == SIGCONT) continued = 1;
  if (number == SIGWINCH) resized = 1;
}

/// Records Ctrl-Z, its continuation and changes of the window size while a line is read. libedit's
/// own handlers would send the signals to the whole process group again.
class JobControlWatch {
 public:
  JobControlWatch() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      struct sigaction action {};
      action.sa_handler = note_job_control;
      sigemptyset(&action.sa_mask);
      sigaction(signals[i], &action, &before_[i]);
      // A shell without job control makes its programs ignore Ctrl-Z.
      if (before_[i].sa_handler == SIG_IGN) sigaction(signals[i], &before_[i], nullptr);
    }
  }
  JobControlWatch(const JobControlWatch&) = delete;
  JobControlWatch& operator=(const JobControlWatch&) = delete;
  ~JobControlWatch() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
  }

 private:
  static constexpr std::array<int, 3> signals = {SIGTSTP, SIGCONT, SIGWINCH};
  std::array<struct sigaction, 3> before_{};
};

void write_code(std::string_view code) {
  // Terminals without colors do not have this either.
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return;
  [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, code);
}

/// Stops like any program after Ctrl-Z, until it is continued.
void stop_here(EditLine* editor) {
  el_set(editor, EL_PREP_TERM, 0);
  write_code(paste_off);
  struct sigaction ours {};
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigemptyset(&usual.sa_mask);
  sigaction(SIGTSTP, &usual, &ours);
  [[maybe_unused]] const int stopped = raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, nullptr);
}

void follow_job_control(EditLine* editor) {
  if (suspended != 0) {
    suspended = 0;
    continued = 1;
    stop_here(editor);
  }
  if (continued != 0) {
    continued = 0;
    // A shell may have changed the terminal, which libedit does not notice.
    el_set(editor, EL_PREP_TERM, 0);
    el_set(editor, EL_PREP_TERM, 1);
    write_code(paste_on);
    [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, "\r");
    el_set(editor, EL_REFRESH);
  }
  if (resized != 0) {
    resized = 0;
    el_resize(editor);
  }
}

/// Reads a byte of standard input, like read().
ssize_t read_byte(EditLine* editor, char& byte) {
  while (true) {
    follow_job_control(editor);
    const ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count >= 0 || port::InterruptWatch::signal() != 0) return count;
    if (errno == EAGAIN) {
      pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return -1;
    }
  }
}

/// Reads a character for libedit.
int read_character(EditLine* editor, wchar_t* character) {
  std::array<char, MB_LEN_MAX> bytes{};
  std::size_t size = 0;
  while (true) {
    const ssize_t count = read_byte(editor, bytes[size]);
    if (count <= 0) return static_cast<int>(count);
    ++size;
    std::mbstate_t state{};
    std::size_t length = std::mbrtowc(character, bytes.data(), size, &state);
    if (length == static_cast<std::size_t>(-1) && size > 1) {
      // The preceding bytes were not a character; this byte can begin one.
      bytes[0] = bytes[size - 1];
      size = 1;
      state = {};
      length = std::mbrtowc(character, bytes.data(), size, &state);
    }
    if (length == static_cast<std::size_t>(-1)) size = 0;  // and is dropped
    if (length <= MB_LEN_MAX) return 1;
    if (size == bytes.size()) size = 0;
  }
}

/// Reads pasted text to its end and inserts it into the line, including newlines.
unsigned char insert_pasted(EditLine* editor, wint_t /*key*/) {
  constexpr std::wstring_view end = L"\033[201~";
  std::wstring pasted;
  wchar_t character = 0;
  while (!pasted.ends_with(end) && el_wgetc(editor, &character) == 1) pasted += character;
  if (pasted.ends_with(end)) pasted.resize(pasted.size() - end.size());
  std::wstring text;
  for (const wchar_t c : pasted) {
    const bool second_half = c == L'\n' && text.ends_with(L'\r');
    if (second_half) text.pop_back();
    // Most terminals send a carriage return for each newline.
    if (c >= L' ' || c == L'\n' || c == L'\t' || c == L'\r') text += c;
  }
  for (wchar_t& c : text) {
    if (c == L'\r') c = L'\n';
  }
  if (!text.empty()) el_winsertstr(editor, text.c_str());
  return CC_REFRESH;
}

}  // namespace

struct TerminalEditor::State {
  explicit State(const std::string& history_path) : file(history_path) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (past != nullptr) history_end(past);
    if (editor != nullptr) el_end(editor);
  }

  static char* show_prompt(EditLine* editor) {
    State* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return self->prompt.data();
  }

  void set_up() {
    HistEvent event;
    history(past, &event, H_SETSIZE, static_cast<int>(HistoryFile::most_entries));
    history(past, &event, H_SETUNIQUE, 1);
    for (const std::string& entry : file.load()) history(past, &event, H_ENTER, entry.c_str());
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT, &State::show_prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_HIST, history, past);
    el_set(editor, EL_GETCFN, &read_character);
    // The narrow function copies both texts and never frees them.
    el_wset(editor, EL_ADDFN, L"ringlet-paste", L"Insert what is pasted", &insert_pasted);
    // Keeps "\r\n" in pasted text a single line ending.
    el_set(editor, EL_SETTY, "-d", "-icrnl", "-inlcr", nullptr);
    el_source(editor, nullptr);  // ~/.editrc
    el_set(editor, EL_BIND, "\\e[200~", "ringlet-paste", nullptr);
  }

  HistoryFile file;
  std::string prompt;
  History* past = history_init();
  EditLine* editor = el_init("ringlet", stdin, stderr, stderr);
};

TerminalEditor::TerminalEditor(std::unique_ptr<State> state) : state_(std::move(state)) {}

TerminalEditor::~TerminalEditor() = default;

std::unique_ptr<TerminalEditor> TerminalEditor::create(const std::string& history_path) {
  // A multibyte character occupies one place on the screen, even without a configured language.
  [[maybe_unused]] const char* language = std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) language = std::setlocale(LC_CTYPE, "C.UTF-8");
  auto state = std::make_unique<State>(history_path);
  if (state->editor == nullptr || state->past == nullptr) return nullptr;
  state->set_up();
  return std::unique_ptr<TerminalEditor>(new TerminalEditor(std::move(state)));
}

bool TerminalEditor::read(const std::string& prompt, std::string& line) {
  state_->prompt = prompt;
  const JobControlWatch watch;
  el_resize(state_->editor);  // the window may have changed since the last line
  write_code(paste_on);
  int size = 0;
  const char* text = el_gets(state_->editor, &size);
  write_code(paste_off);
  if (text == nullptr || size <= 0) {
    [[maybe_unused]] const bool written = port::write_all(STDERR_FILENO, "\n");
    return false;
  }
  line.assign(text, static_cast<std::size_t>(size));
  while (line.ends_with("\n\n")) line.pop_back();  // pasted text ended a line itself
  return true;
}

void TerminalEditor::remember(const std::string& line) {
  if (is_blank(line)) return;
  HistEvent event;
  const bool repeats = history(state_->past, &event, H_FIRST) >= 0 && line == event.str;
  if (repeats) return;
  history(state_->past, &event, H_ENTER, line.c_str());
  state_->file.append(line);
}

}  // namespace ringlet::cli

#else

namespace ringlet::cli {

/// Without libedit, the terminal's own editing is used.
struct TerminalEditor::State {};

TerminalEditor::TerminalEditor(std::unique_ptr<State> state) : state_(std::move(state)) {}

TerminalEditor::~TerminalEditor() = default;

std::unique_ptr<TerminalEditor> TerminalEditor::create(const std::string& /*history_path*/) {
  return nullptr;
}

bool TerminalEditor::read(const std::string& /*prompt*/, std::string& /*line*/) { return false; }

void TerminalEditor::remember(const std::string& /*line*/) {}

}  // namespace ringlet::cli

#endif

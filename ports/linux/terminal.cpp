#include "terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace ringlet::port {
namespace {

volatile std::sig_atomic_t noted_signal = 0;

extern "C" void note_signal(int number) { noted_signal = number; }

constexpr std::array<int, 3> ending_signals = {SIGINT, SIGTERM, SIGHUP};

void set_handler(int number, void (*handler)(int), int flags) noexcept {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

bool is_ignored(int number) noexcept {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Waits for the SIGHUP of a terminal that has gone: writes to it fail with EIO shortly before the
/// kernel sends the signal. Returns after 100 ms if none arrives. Keeps errno.
void await_hang_up() noexcept {
  const int error = errno;
  for (int i = 0; i < 100 && noted_signal == 0; ++i) {
    const timespec millisecond{.tv_sec = 0, .tv_nsec = 1'000'000};
    nanosleep(&millisecond, nullptr);
  }
  errno = error;
}

}  // namespace

bool write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      // Another program may have left a shared terminal or pipe in non-blocking mode.
      pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
      if (errno == EAGAIN && poll(&ready, 1, -1) > 0) continue;
      if (errno == EIO) await_hang_up();
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

ssize_t read_some(int descriptor, std::span<char> out) noexcept {
  while (true) {
    const ssize_t count = read(descriptor, out.data(), out.size());
    if (count >= 0 || InterruptWatch::signal() != 0) return count;
    if (errno == EAGAIN) {
      pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, -1) > 0) continue;
    }
    if (errno != EINTR) return -1;
  }
}

bool is_terminal(int descriptor) noexcept { return isatty(descriptor) == 1; }

bool wants_color(int descriptor) noexcept {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && no_color[0] != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return is_terminal(descriptor) && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

InterruptWatch::InterruptWatch() noexcept {
  noted_signal = 0;
  for (const int number : ending_signals) {
    if (!is_ignored(number)) set_handler(number, note_signal, static_cast<int>(SA_RESETHAND));
  }
}

InterruptWatch::~InterruptWatch() {
  for (const int number : ending_signals) {
    if (!is_ignored(number)) set_handler(number, SIG_DFL, 0);
  }
}

int InterruptWatch::signal() noexcept { return noted_signal; }

bool InterruptWatch::ends_program() noexcept { return noted_signal != 0 && noted_signal != SIGINT; }

void occupy_standard_descriptors() noexcept {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    // open() uses the lowest free number. The mode is deliberately the wrong one, so that reading
    // or writing fails.
    const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", mode) != descriptor) _exit(1);
  }
}

void report_broken_pipes() noexcept { set_handler(SIGPIPE, SIG_IGN, 0); }

}  // namespace ringlet::port

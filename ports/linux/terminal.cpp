#include "terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ringlet::port {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

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

}  // namespace

std::uint64_t now_nanoseconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * second + static_cast<std::uint64_t>(now.tv_nsec);
}

bool write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      // Another program may have left the terminal or pipe that we share in non-blocking mode.
      pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
      if (errno == EAGAIN && poll(&ready, 1, -1) > 0) continue;
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

ProgressBar::ProgressBar(std::string_view label, bool enabled) noexcept
    : label_(label), started_(now_nanoseconds()), enabled_(enabled && is_terminal(STDERR_FILENO)) {}

void ProgressBar::update(std::uint64_t done, std::uint64_t total) noexcept {
  if (!enabled_ || total == 0) return;
  const std::uint64_t now = now_nanoseconds();
  if (now - started_ < second || now - drawn_at_ < second / 10) return;
  constexpr int width = 30;
  static constexpr char full[] = "##############################";
  static constexpr char rest[] = "..............................";
  const double fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const int filled = static_cast<int>(fraction * width);
  const double elapsed = static_cast<double>(now - started_) / static_cast<double>(second);
  const double left = done == 0 ? 0 : elapsed * (1 - fraction) / fraction;
  std::array<char, 160> line;
  const int size =
      std::snprintf(line.data(), line.size(), "\r%.*s [%.*s%.*s] %3.0f %%, %.0f s left \033[K",
                    static_cast<int>(label_.size()), label_.data(), filled, full, width - filled,
                    rest, 100 * fraction, left);
  const auto length = std::min(static_cast<std::size_t>(std::max(size, 0)), line.size() - 1);
  visible_ = write_all(STDERR_FILENO, {line.data(), length});
  drawn_at_ = now;
}

void ProgressBar::clear() noexcept {
  if (visible_) visible_ = !write_all(STDERR_FILENO, "\r\033[K");
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
    // The lowest free number is taken. The direction is the wrong one on purpose: who reads or
    // writes it is told.
    const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", mode) != descriptor) _exit(1);
  }
}

void report_broken_pipes() noexcept { set_handler(SIGPIPE, SIG_IGN, 0); }

}  // namespace ringlet::port

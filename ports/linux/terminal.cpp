#include "terminal.hpp"

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

extern "C" void explain_bus_error(int) {
  static constexpr std::string_view line =
      "ringlet: reading the model file failed: it was shortened, or its medium has errors\n";
  [[maybe_unused]] const bool written = write_all(STDERR_FILENO, line);
  _exit(1);
}

void set_handler(int number, void (*handler)(int), int flags) noexcept {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
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
  set_handler(SIGINT, note_signal, static_cast<int>(SA_RESETHAND));
  set_handler(SIGTERM, note_signal, static_cast<int>(SA_RESETHAND));
}

InterruptWatch::~InterruptWatch() {
  set_handler(SIGINT, SIG_DFL, 0);
  set_handler(SIGTERM, SIG_DFL, 0);
}

int InterruptWatch::signal() noexcept { return noted_signal; }

void report_broken_pipes() noexcept { set_handler(SIGPIPE, SIG_IGN, 0); }

void report_bus_errors() noexcept { set_handler(SIGBUS, explain_bus_error, 0); }

}  // namespace ringlet::port

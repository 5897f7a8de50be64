#include "progress_bar.hpp"

#include <unistd.h>

#include <cstdio>

#include "visible_text.hpp"

namespace ringlet::convert {

using namespace std::chrono_literals;

ProgressBar::ProgressBar(bool enabled)
    : enabled_(enabled && ::isatty(STDERR_FILENO) != 0),
      started_(Clock::now()),
      next_draw_(started_ + 1s) {}

void ProgressBar::show(std::uint64_t done, std::uint64_t total, const std::string& what) {
  constexpr int width = 30;
  if (!enabled_ || Clock::now() < next_draw_) return;
  next_draw_ = Clock::now() + 100ms;
  drawn_ = true;
  const double part = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1;
  const std::string bar(static_cast<std::size_t>(part * width), '#');
  const std::chrono::duration<double> elapsed = Clock::now() - started_;
  const double rate = static_cast<double>(done) / elapsed.count() * 1e-6;
  std::fprintf(stderr, "\r\x1b[K[%-*s] %3d %%  %.1f M weights/s  %s", width, bar.c_str(),
               static_cast<int>(part * 100), rate, port::visible(what, true).c_str());
  std::fflush(stderr);
}

void ProgressBar::erase() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace ringlet::convert

#include "common/progress_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "terminal.hpp"

namespace ringlet::common {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::size_t most_item = 64;

/// The name of an item from any source, made safe for a terminal.
struct PrintableItem {
  explicit PrintableItem(std::string_view item) : size(std::min(item.size(), most_item)) {
    std::transform(item.begin(), item.begin() + static_cast<std::ptrdiff_t>(size), text.begin(),
                   [](char c) { return c >= ' ' && c <= '~' ? c : '?'; });
  }
  std::array<char, most_item> text{};
  std::size_t size;
};

}  // namespace

ProgressBar::ProgressBar(std::string_view label, bool enabled) noexcept
    : label_(label),
      started_(port::now_nanoseconds()),
      enabled_(enabled && port::is_terminal(STDERR_FILENO)) {}

void ProgressBar::update(std::uint64_t done, std::uint64_t total, std::string_view item) noexcept {
  if (!enabled_ || total == 0) return;
  const std::uint64_t now = port::now_nanoseconds();
  if (now - started_ < second || now - drawn_at_ < second / 10) return;
  constexpr int width = 30;
  static constexpr char full[] = "##############################";
  static constexpr char rest[] = "..............................";
  const double fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const int filled = static_cast<int>(fraction * width);
  const double elapsed = static_cast<double>(now - started_) / static_cast<double>(second);
  const double left = done == 0 ? 0 : elapsed * (1 - fraction) / fraction;
  const PrintableItem shown(item);
  std::array<char, 224> line;
  const int size =
      std::snprintf(line.data(), line.size(), "\r%.*s [%.*s%.*s] %3.0f %%, %.0f s left %.*s\033[K",
                    static_cast<int>(label_.size()), label_.data(), filled, full, width - filled,
                    rest, 100 * fraction, left, static_cast<int>(shown.size), shown.text.data());
  const auto length = std::min(static_cast<std::size_t>(std::max(size, 0)), line.size() - 1);
  visible_ = port::write_all(STDERR_FILENO, {line.data(), length});
  drawn_at_ = now;
}

void ProgressBar::clear() noexcept {
  if (visible_) visible_ = !port::write_all(STDERR_FILENO, "\r\033[K");
}

}  // namespace ringlet::common

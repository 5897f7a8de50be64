#include "system_text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "retry.hpp"
#include "ringlet/linux/files.hpp"

namespace ringlet::port {

std::string system_text(const std::string& path) {
  const Descriptor file(retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  std::string text;
  if (file.number() < 0) return text;
  std::array<char, 4096> part{};
  while (true) {
    const ssize_t got = retry([&] { return read(file.number(), part.data(), part.size()); });
    if (got < 0) return "";
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

std::optional<std::uint64_t> leading_number(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view name) noexcept {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.substr(0, name.size()) == name) return leading_number(line.substr(name.size()));
  }
  return std::nullopt;
}

std::string_view take_line(std::string_view& text) noexcept {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace ringlet::port

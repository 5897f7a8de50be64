// Reads commands from the console of the board, one a line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ringlet/status.hpp"

namespace ringlet::port {

/// A line within the form that the model reads: <say>turn on the desk lamp<json>
class CommandLine {
 public:
  static constexpr std::size_t longest = 160;

  /// Reads the next line, which ends with LF or CRLF; the last can lack its end. False at the end
  /// of the input.
  bool read() noexcept;

  /// Error: out_of_range for a line of more than `longest` bytes, of which the first are kept.
  [[nodiscard]] Status status() const noexcept;

  [[nodiscard]] std::string_view line() const noexcept { return {&text_[begin.size()], kept()}; }
  /// With what is in front of it and behind it.
  [[nodiscard]] std::string_view request() const noexcept {
    return {text_.data(), begin.size() + kept() + end.size()};
  }

 private:
  static constexpr std::string_view begin = "<say>";
  static constexpr std::string_view end = "<json>";

  [[nodiscard]] std::size_t kept() const noexcept { return bytes_ < longest ? bytes_ : longest; }
  void append(char byte) noexcept;

  std::array<char, begin.size() + longest + end.size()> text_{};
  std::size_t bytes_ = 0;  // of the line
};

}  // namespace ringlet::port

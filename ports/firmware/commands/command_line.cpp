#include "command_line.hpp"

#include <algorithm>

#include "board.hpp"

namespace ringlet::port {

void CommandLine::append(char byte) noexcept {
  if (bytes_ < longest) text_[begin.size() + bytes_] = byte;
  ++bytes_;
}

bool CommandLine::read() noexcept {
  bytes_ = 0;
  std::int32_t byte = port::read();
  const bool ended = byte < 0;
  bool carriage_return = false;  // one that a line feed has not followed yet
  for (; byte >= 0 && byte != '\n'; byte = port::read()) {
    if (carriage_return) append('\r');
    carriage_return = byte == '\r';
    if (!carriage_return) append(static_cast<char>(byte));
  }
  std::ranges::copy(begin, text_.begin());
  std::copy(end.begin(), end.end(), text_.begin() + begin.size() + kept());
  return !ended;
}

Status CommandLine::status() const noexcept {
  if (bytes_ <= longest) return {};
  return Status(ErrorCode::out_of_range, "line", "longer than a command can be")
      .at_most(longest, bytes_);
}

}  // namespace ringlet::port

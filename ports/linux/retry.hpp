// System calls that signals can interrupt.
#pragma once

#include <unistd.h>

#include <cerrno>

namespace ringlet::port {

/// Repeats a system call as long as a signal interrupts it, and returns its result: -1 with errno
/// on failure.
template <typename Call>
auto retry(Call call) noexcept {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// Closes a file descriptor. Returns false with errno on failure. Linux closes it even if a signal
/// interrupts the call.
inline bool close_descriptor(int descriptor) noexcept {
  return close(descriptor) == 0 || errno == EINTR;
}

}  // namespace ringlet::port

// System calls that a signal has interrupted.
#pragma once

#include <unistd.h>

#include <cerrno>

namespace ringlet::port {

/// Makes a system call again for as long as a signal interrupts it, and returns what it returns:
/// -1 with errno set when it fails.
template <typename Call>
auto retry(Call call) noexcept {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// Closes a file descriptor; false with errno set when that fails. Linux has closed it even where a
/// signal interrupts.
inline bool close_descriptor(int descriptor) noexcept {
  return close(descriptor) == 0 || errno == EINTR;
}

}  // namespace ringlet::port

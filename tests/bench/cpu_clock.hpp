// The processor time of the calling thread, on which other processes have little effect.
#pragma once

#include <ctime>

namespace ringlet::test {

inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace ringlet::test

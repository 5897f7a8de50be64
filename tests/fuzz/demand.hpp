// The end of a program under test whose contract is violated.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace ringlet::test {

/// Ends the program, saying what was violated, where a condition does not hold.
inline void demand(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "VIOLATED: %s\n", what);
  std::abort();
}

}  // namespace ringlet::test

#include "ringlet/division.hpp"

#include <limits>

namespace ringlet {

std::uint64_t quotient(std::uint64_t n, std::uint32_t d) noexcept {
#if defined(__arm__) && !defined(__clang__)
  // gcc links its own function in any case, for FlatBuffers' verifier.
  return n / d;
#else
  if (n <= std::numeric_limits<std::uint32_t>::max()) return static_cast<std::uint32_t>(n) / d;
  std::uint64_t result = 0;
  for (std::uint32_t bit = 64; bit-- > 0;) {
    if (n >> bit >= d) {
      n -= std::uint64_t{d} << bit;
      result |= std::uint64_t{1} << bit;
    }
  }
  return result;
#endif
}

}  // namespace ringlet

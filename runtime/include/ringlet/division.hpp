// Division of 64-bit numbers, for firmware and for the library itself. 32-bit processors have no
// instruction for it, and the compiler's own function takes 750 bytes of flash; this one takes a
// tenth of that. 64-bit processors use the same code, so that one test covers both.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Returns n / d; d must not be zero. If n is below 2^32, as positions and sizes nearly always are,
/// this costs a single 32-bit division.
[[nodiscard]] std::uint64_t quotient(std::uint64_t n, std::uint32_t d) noexcept;

/// Returns n mod d; d must not be zero.
[[nodiscard]] inline std::uint32_t remainder(std::uint64_t n, std::uint32_t d) noexcept {
  return static_cast<std::uint32_t>(n - quotient(n, d) * d);
}

}  // namespace ringlet

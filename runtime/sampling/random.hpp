// Stateless random numbers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", 2011), a keyed bijection of 128-bit counters built from integer
// multiplications. The n-th number of a seed can be computed directly and is the same on every
// target.
#pragma once

#include <array>
#include <cstdint>

namespace ringlet {

using PhiloxBlock = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Ten rounds of Philox4x32.
[[nodiscard]] PhiloxBlock philox4x32_10(PhiloxBlock counter, PhiloxKey key) noexcept;

/// Returns the n-th uniform number of a seed, in [0, 1): the upper 24 bits of the first word of the
/// block with counter {low half of n, high half of n, 0, 0} and key {low half of seed, high half of
/// seed}, times 2^-24. The result is exact and never 1.
[[nodiscard]] float uniform(std::uint64_t seed, std::uint64_t n) noexcept;

}  // namespace ringlet

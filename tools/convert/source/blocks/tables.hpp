// The values of nibbles that are not evenly spaced.
#pragma once

#include <array>
#include <cstdint>

namespace ringlet::convert::blocks {

/// IQ4_NL and IQ4_XS.
inline constexpr std::array<std::int8_t, 16> iq4_values = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// Twice the values of E2M1 (Open Compute Project, Microscaling Formats 1.0): MXFP4 and NVFP4.
inline constexpr std::array<std::int8_t, 16> e2m1_doubled = {0, 1,  2,  3,  4,  6,  8,  12,
                                                             0, -1, -2, -3, -4, -6, -8, -12};

}  // namespace ringlet::convert::blocks

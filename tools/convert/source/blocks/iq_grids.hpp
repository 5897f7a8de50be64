// The codebooks of ggml's IQ formats, which are constants of the formats: see NOTICE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringlet::convert::blocks {

/// The points of a grid in the order of their indices.
template <std::size_t points, std::size_t dimensions>
using Grid = std::array<std::array<std::int8_t, dimensions>, points>;

extern const Grid<2048, 8> iq1_grid;     // of −1, 0, 1
extern const Grid<256, 8> iq2_xxs_grid;  // these three: of 8, 25, 43
extern const Grid<512, 8> iq2_xs_grid;
extern const Grid<1024, 8> iq2_s_grid;
extern const Grid<256, 4> iq3_xxs_grid;  // of 4, 12, 20, 28, 36, 44, 52, 62
extern const Grid<512, 4> iq3_s_grid;    // of the odd numbers from 1 to 15

}  // namespace ringlet::convert::blocks

// Decoders of ggml's block formats, written from the descriptions next to them (their structures
// are in src/ggml-common.h of github.com/ggml-org/ggml). All numbers are little-endian; d and m are
// half floats. Formats whose numbers are a code times one scale are in coded_block.hpp.
#pragma once

#include <cstddef>

namespace ringlet::convert::blocks {

/// Writes the floats of `blocks` blocks. `from` need not be aligned.
using Decoder = void(const std::byte* from, std::size_t blocks, float* to);

Decoder f32, f16, bf16;

// Blocks of 32 in the order d, m, fifth bits, nibbles: d·q + m.
Decoder q4_1, q5_1;

// Blocks of 256 with a scale for each 16 or 32; q2_k, q4_k and q5_k also have minima.
Decoder q2_k, q3_k, q4_k, q5_k, q6_k;

// Blocks of 256 whose codes select points of a codebook (iq_grids.hpp); iq4_xs has a table instead.
Decoder iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq3_xxs, iq3_s, iq4_xs;

// Blocks of 64: four scales as 8-bit floats, each for 16 E2M1 numbers.
Decoder nvfp4;

}  // namespace ringlet::convert::blocks

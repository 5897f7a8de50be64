// Decoders of the block formats of ggml (github.com/ggml-org/ggml), written from the description of
// each format beside it. All numbers are little-endian; d and m are half floats.
#pragma once

#include <cstddef>

namespace ringlet::convert::blocks {

using Decoder = void(const std::byte* from, std::size_t blocks, float* to);

Decoder f32, f16, bf16;

// Blocks of 32 in order d, m, fifth bits, nibbles. Nibble j is element j (low) and j + 16 (high).
Decoder q4_0;    // d·(q − 8)
Decoder q4_1;    // d·q + m
Decoder q5_0;    // d·(q − 16), the fifth bits of q apart
Decoder q5_1;    // d·q + m, likewise
Decoder q8_0;    // d·q
Decoder iq4_nl;  // d·table[q]

// Blocks of 256 with scales of their own for each 16 or 32.
Decoder q2_k, q3_k, q4_k, q5_k, q6_k;

}  // namespace ringlet::convert::blocks

// The block formats of ggml in which every number is an integer code times the scale of its block.
// One of the library's formats holds such numbers without loss: INT4 if the codes are in −8…7,
// otherwise INT8.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ringlet/formats.hpp"
#include "source/blocks/decoders.hpp"

namespace ringlet::convert {

inline constexpr std::size_t largest_coded_block = 256;  // elements

struct CodedBlock {
  MatrixFormat format;     // int4 or int8, which can hold the codes
  std::uint32_t elements;  // a multiple of packed::group_size, at most largest_coded_block
  std::uint32_t bytes;
  /// Writes the codes of a block, one per element.
  void (*codes)(const std::byte* block, std::int8_t* to);
  float (*scale)(const std::byte* block);
};

namespace blocks {

using Codes = void(const std::byte* block, std::int8_t* to);
using Scale = float(const std::byte* block);

// Nibble j of a block of 32 is element j (low) and j + 16 (high).
Codes q4_0_codes;    // q − 8
Codes q5_0_codes;    // q − 16, with the fifth bits of q stored separately
Codes q8_0_codes;    // q
Codes iq4_nl_codes;  // table[q]
Codes mxfp4_codes;   // twice an E2M1 number: 0, 1, 2, 3, 4, 6, 8, 12 and their negatives
Codes q1_0_codes;    // one bit each: −1 or 1
Codes q2_0_codes;    // two bits each: q − 1, so −1…2
Codes tq1_0_codes;   // five base-3 digits per byte: q − 1
Codes tq2_0_codes;   // two bits each: q − 1
Scale first_half, tq1_0_scale, tq2_0_scale, mxfp4_scale;

inline constexpr CodedBlock q4_0{MatrixFormat::int4, 32, 18, q4_0_codes, first_half};
inline constexpr CodedBlock q5_0{MatrixFormat::int8, 32, 22, q5_0_codes, first_half};
inline constexpr CodedBlock q8_0{MatrixFormat::int8, 32, 34, q8_0_codes, first_half};
inline constexpr CodedBlock iq4_nl{MatrixFormat::int8, 32, 18, iq4_nl_codes, first_half};
inline constexpr CodedBlock mxfp4{MatrixFormat::int8, 32, 17, mxfp4_codes, mxfp4_scale};
inline constexpr CodedBlock q1_0{MatrixFormat::int4, 128, 18, q1_0_codes, first_half};
inline constexpr CodedBlock q2_0{MatrixFormat::int4, 64, 18, q2_0_codes, first_half};
inline constexpr CodedBlock tq1_0{MatrixFormat::int4, 256, 54, tq1_0_codes, tq1_0_scale};
inline constexpr CodedBlock tq2_0{MatrixFormat::int4, 256, 66, tq2_0_codes, tq2_0_scale};

/// The decoder of a coded format: code · scale.
template <const CodedBlock& block>
void decode_coded(const std::byte* from, std::size_t blocks, float* to) {
  std::int8_t codes[block.elements];
  for (; blocks > 0; --blocks, from += block.bytes, to += block.elements) {
    block.codes(from, codes);
    const float scale = block.scale(from);
    for (std::size_t i = 0; i < block.elements; ++i) to[i] = static_cast<float>(codes[i]) * scale;
  }
}

}  // namespace blocks
}  // namespace ringlet::convert

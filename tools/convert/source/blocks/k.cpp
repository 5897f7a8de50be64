// The "K" formats: blocks of 256 with a scale for each 16 or 32 elements.
#include <bit>

#include "source/blocks/access.hpp"
#include "source/blocks/decoders.hpp"

namespace ringlet::convert::blocks {

// 16 bytes of scale (low nibble) and minimum (high) for 16 elements each, 64 bytes of 2-bit codes,
// d, dmin. The codes of each half of 128 elements are in 32 bytes, with two bits for each quarter
// of 32.
void q2_k(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 84, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block + 80);
    const float dmin = half(block + 82);
    for (std::size_t i = 0; i < 256; ++i) {
      const std::size_t quarter = i % 128 / 32;
      const int code = byte_at(block + 16, i / 128 * 32 + i % 32) >> (2 * quarter) & 3;
      const int scale = byte_at(block, i / 16);
      out[i] = d * static_cast<float>(scale & 15) * static_cast<float>(code) -
               dmin * static_cast<float>(scale >> 4);
    }
  });
}

// 32 bytes of third bits (bit q of byte j: element 32·q + j), 64 bytes of 2-bit codes as in q2_k,
// 12 bytes of 6-bit scales plus 32, d. A third bit that is not set subtracts 4 from the code.
void q3_k(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 110, 256, to, [](const std::byte* block, float* out) {
    const std::byte* scales = block + 96;
    const float d = half(block + 108);
    for (std::size_t i = 0; i < 256; ++i) {
      const std::size_t s = i / 16;
      const int low = byte_at(scales, s % 8) >> (s < 8 ? 0 : 4) & 15;
      const int high = byte_at(scales, 8 + s % 4) >> (2 * (s / 4)) & 3;
      const int code = byte_at(block + 32, i / 128 * 32 + i % 32) >> (2 * (i % 128 / 32)) & 3;
      const bool third = (byte_at(block, i % 32) >> (i / 32) & 1) != 0;
      out[i] = d * static_cast<float>((low | high << 4) - 32) *
               static_cast<float>(code - (third ? 0 : 4));
    }
  });
}

namespace {

/// The 6-bit scale and minimum of part `s` (0 to 7) of 32 elements, from the 12 bytes of q4_k and
/// q5_k.
struct ScaleAndMinimum {
  float scale;
  float minimum;
  ScaleAndMinimum(const std::byte* packed, std::size_t s) {
    if (s < 4) {
      scale = static_cast<float>(byte_at(packed, s) & 63);
      minimum = static_cast<float>(byte_at(packed, s + 4) & 63);
    } else {
      const int low = byte_at(packed, s + 4);
      scale = static_cast<float>((low & 15) | byte_at(packed, s - 4) >> 6 << 4);
      minimum = static_cast<float>(low >> 4 | byte_at(packed, s) >> 6 << 4);
    }
  }
};

/// The nibble of element i of 256: 32 bytes hold 32 elements in their low nibbles and the next 32
/// in their high ones.
int nibble(const std::byte* codes, std::size_t i) {
  return byte_at(codes, i / 64 * 32 + i % 32) >> (i % 64 < 32 ? 0 : 4) & 15;
}

}  // namespace

// d, dmin, 12 bytes of scales and minima, 128 bytes of nibbles.
void q4_k(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 144, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    const float dmin = half(block + 2);
    for (std::size_t i = 0; i < 256; ++i) {
      const ScaleAndMinimum s(block + 4, i / 32);
      out[i] = d * s.scale * static_cast<float>(nibble(block + 16, i)) - dmin * s.minimum;
    }
  });
}

// Like q4_k, with 32 bytes of fifth bits (bit s of byte j: element 32·s + j) before the nibbles.
void q5_k(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 176, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    const float dmin = half(block + 2);
    for (std::size_t i = 0; i < 256; ++i) {
      const ScaleAndMinimum s(block + 4, i / 32);
      const int fifth = byte_at(block + 16, i % 32) >> (i / 32) & 1;
      const int code = nibble(block + 48, i) | fifth << 4;
      out[i] = d * s.scale * static_cast<float>(code) - dmin * s.minimum;
    }
  });
}

// 128 bytes of low nibbles, 64 bytes of high pairs of bits, 16 signed scales, d. Codes are stored
// plus 32.
void q6_k(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 210, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block + 208);
    for (std::size_t i = 0; i < 256; ++i) {
      const std::size_t quarter = i % 128 / 32;
      const std::size_t low_at = i / 128 * 64 + quarter % 2 * 32 + i % 32;
      const int low = byte_at(block, low_at) >> (quarter < 2 ? 0 : 4) & 15;
      const int high = byte_at(block + 128, i / 128 * 32 + i % 32) >> (2 * quarter) & 3;
      const auto scale = std::bit_cast<std::int8_t>(block[192 + i / 16]);
      out[i] = d * static_cast<float>(scale) * static_cast<float>((low | high << 4) - 32);
    }
  });
}

}  // namespace ringlet::convert::blocks

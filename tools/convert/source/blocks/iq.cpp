// The "IQ" formats: blocks of 256 in parts of 32, whose codes select points of a codebook. Signs
// are stored separately: bit j of a byte of signs negates element j of 8.
#include <bit>

#include "source/blocks/access.hpp"
#include "source/blocks/decoders.hpp"
#include "source/blocks/iq_grids.hpp"
#include "source/blocks/tables.hpp"

namespace ringlet::convert::blocks {
namespace {

/// Eight signs, seven of them stored: the number of negative ones is even.
unsigned even_signs(unsigned seven) {
  return seven | static_cast<unsigned>(std::popcount(seven) & 1) << 7;
}

/// Writes scale · point, with the signs from bit `first` of `signs` on.
template <std::size_t count>
void signed_point(float scale, const std::array<std::int8_t, count>& point, unsigned signs,
                  std::size_t first, float* out) {
  for (std::size_t j = 0; j < count; ++j) {
    const float value = scale * static_cast<float>(point[j]);
    out[j] = (signs >> (first + j) & 1) != 0 ? -value : value;
  }
}

/// Writes scale · (point + shift) for eight elements. The sum is exact.
void shifted_point(float scale, std::size_t index, bool down, float* out) {
  constexpr float shift = 0.125F;
  for (const std::int8_t level : iq1_grid[index]) {
    *out++ = scale * (static_cast<float>(level) + (down ? -shift : shift));
  }
}

unsigned bits(const std::byte* from, std::size_t i) {
  return static_cast<unsigned>(byte_at(from, i));
}

float odd(unsigned code) { return static_cast<float>(2 * code + 1); }

float and_a_half(unsigned code) { return 0.5F + static_cast<float>(code); }

}  // namespace

// d; for each 32 elements four bytes of indices, and 32 bits: four times seven signs, then the
// scale.
void iq2_xxs(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 66, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    for (std::size_t part = 0; part < 8; ++part) {
      const std::byte* indices = block + 2 + 8 * part;
      const auto signs = load<std::uint32_t>(indices + 4);
      const float scale = d * and_a_half(signs >> 28) * 0.25F;
      for (std::size_t l = 0; l < 4; ++l, out += 8) {
        signed_point(scale, iq2_xxs_grid[bits(indices, l)], even_signs(signs >> 7 * l & 127), 0,
                     out);
      }
    }
  });
}

// d; for each eight elements 16 bits: a 9-bit index and seven signs; for each 32 a byte of two
// scales.
void iq2_xs(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 74, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    for (std::size_t i = 0; i < 32; ++i, out += 8) {
      const unsigned code = load<std::uint16_t>(block + 2 + 2 * i);
      const unsigned scale = bits(block + 66, i / 4) >> (i % 4 < 2 ? 0 : 4) & 15;
      signed_point(d * and_a_half(scale) * 0.25F, iq2_xs_grid[code & 511], even_signs(code >> 9), 0,
                   out);
    }
  });
}

// d; for each eight elements a byte of the index, then one of signs; for each 32 a byte with the
// upper two bits of its four indices, and a byte of two scales.
void iq2_s(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 82, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    for (std::size_t i = 0; i < 32; ++i, out += 8) {
      const unsigned upper = bits(block + 66, i / 4) >> (2 * (i % 4)) & 3;
      const unsigned scale = bits(block + 74, i / 4) >> (i % 4 < 2 ? 0 : 4) & 15;
      signed_point(d * and_a_half(scale) * 0.25F, iq2_s_grid[bits(block + 2, i) | upper << 8],
                   bits(block + 34, i), 0, out);
    }
  });
}

// d; for each four elements a byte of the index; for each 32 elements 32 bits as in iq2_xxs.
void iq3_xxs(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 98, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    for (std::size_t i = 0; i < 64; ++i, out += 4) {
      const auto signs = load<std::uint32_t>(block + 66 + 4 * (i / 8));
      const float scale = d * and_a_half(signs >> 28) * 0.5F;
      signed_point(scale, iq3_xxs_grid[bits(block + 2, i)],
                   even_signs(signs >> 7 * (i % 8 / 2) & 127), 4 * (i % 2), out);
    }
  });
}

// d; for each four elements a byte of the index; for each 32 a byte with the ninth bits of its
// eight indices; for each eight a byte of signs; for each 64 a byte of two scales.
void iq3_s(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 110, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    for (std::size_t i = 0; i < 64; ++i, out += 4) {
      const unsigned ninth = bits(block + 66, i / 8) >> (i % 8) & 1;
      const unsigned scale = bits(block + 106, i / 16) >> (i % 16 < 8 ? 0 : 4) & 15;
      signed_point(d * odd(scale), iq3_s_grid[bits(block + 2, i) | ninth << 8],
                   bits(block + 74, i / 2), 4 * (i % 2), out);
    }
  });
}

// d; for each eight elements a byte of the index; for each 32 elements 16 bits: the upper three
// bits of its four indices, the scale, and the direction of the shift.
void iq1_s(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 50, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    for (std::size_t i = 0; i < 32; ++i, out += 8) {
      const unsigned high = load<std::uint16_t>(block + 34 + 2 * (i / 4));
      const unsigned upper = high >> (3 * (i % 4)) & 7;
      shifted_point(d * odd(high >> 12 & 7), bits(block + 2, i) | upper << 8, (high & 0x8000U) != 0,
                    out);
    }
  });
}

// For each eight elements a byte of the index, then a nibble with its upper three bits and the
// direction of the shift; for each 64 elements 16 bits: four 3-bit scales for 16 elements each, and
// a quarter of d.
void iq1_m(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 56, 256, to, [](const std::byte* block, float* out) {
    const auto scales = [&](std::size_t i) -> unsigned {
      return load<std::uint16_t>(block + 48 + 2 * i);
    };
    unsigned d_bits = 0;
    for (std::size_t i = 0; i < 4; ++i) d_bits |= scales(i) >> 12 << (4 * i);
    const float d = half_to_float(static_cast<std::uint16_t>(d_bits));
    for (std::size_t i = 0; i < 32; ++i, out += 8) {
      const unsigned high = bits(block + 32, i / 2) >> (4 * (i % 2)) & 15;
      const unsigned scale = scales(i / 8) >> (3 * (i % 8 / 2)) & 7;
      shifted_point(d * odd(scale), bits(block, i) | (high & 7) << 8, (high & 8) != 0, out);
    }
  });
}

// d; 16 bits with the upper two bits of eight scales, 4 bytes with their lower four; 128 bytes of
// nibbles. Scales are stored plus 32.
void iq4_xs(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 136, 256, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    const unsigned upper = load<std::uint16_t>(block + 2);
    for (std::size_t part = 0; part < 8; ++part) {
      const unsigned low = bits(block + 4, part / 2) >> (4 * (part % 2)) & 15;
      const int scale = static_cast<int>(low | (upper >> 2 * part & 3) << 4) - 32;
      const float dl = d * static_cast<float>(scale);
      each_nibble<16>(block + 8 + 16 * part, out + 32 * part, [dl](int q, std::size_t) {
        return dl * static_cast<float>(iq4_values[static_cast<std::size_t>(q)]);
      });
    }
  });
}

}  // namespace ringlet::convert::blocks

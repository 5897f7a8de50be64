#include "source/blocks/coded_block.hpp"

#include <bit>

#include "source/blocks/access.hpp"
#include "source/blocks/tables.hpp"

namespace ringlet::convert::blocks {
namespace {

std::int8_t code(int value) { return static_cast<std::int8_t>(value); }

/// `digits` base-3 digits in each of `bytes` bytes, the highest first: byte b represents the
/// fraction b/256 in base 3, rounded up. All first digits come first, then all second ones.
void base_3_digits(const std::byte* from, std::size_t bytes, int digits, std::int8_t*& to) {
  unsigned power = 1;
  for (int digit = 0; digit < digits; ++digit, power *= 3) {
    for (std::size_t j = 0; j < bytes; ++j) {
      const unsigned rest = static_cast<unsigned>(byte_at(from, j)) * power & 255U;
      *to++ = code(static_cast<int>(rest * 3 >> 8) - 1);
    }
  }
}

}  // namespace

float first_half(const std::byte* block) { return half(block); }

void q4_0_codes(const std::byte* block, std::int8_t* to) {
  each_nibble<16>(block + 2, to, [](int q, std::size_t) { return code(q - 8); });
}

void q5_0_codes(const std::byte* block, std::int8_t* to) {
  const auto fifth = load<std::uint32_t>(block + 2);
  each_nibble<16>(block + 6, to, [fifth](int q, std::size_t i) {
    return code((q | static_cast<int>(fifth >> i & 1) << 4) - 16);
  });
}

void q8_0_codes(const std::byte* block, std::int8_t* to) { std::memcpy(to, block + 2, 32); }

void iq4_nl_codes(const std::byte* block, std::int8_t* to) {
  each_nibble<16>(block + 2, to,
                  [](int q, std::size_t) { return iq4_values[static_cast<std::size_t>(q)]; });
}

void mxfp4_codes(const std::byte* block, std::int8_t* to) {
  each_nibble<16>(block + 1, to,
                  [](int q, std::size_t) { return e2m1_doubled[static_cast<std::size_t>(q)]; });
}

// E8M0: the exponent of a power of two, 2^(e − 127), halved here because the codes are doubled. The
// code of NaN, 255, is 2^128 here as in ggml.
float mxfp4_scale(const std::byte* block) {
  const auto e = static_cast<std::uint32_t>(byte_at(block, 0));
  return std::bit_cast<float>(e < 2 ? 0x00200000U << e : (e - 1) << 23);
}

void q1_0_codes(const std::byte* block, std::int8_t* to) {
  for (std::size_t i = 0; i < q1_0.elements; ++i) {
    to[i] = (byte_at(block + 2, i / 8) >> (i % 8) & 1) != 0 ? code(1) : code(-1);
  }
}

void q2_0_codes(const std::byte* block, std::int8_t* to) {
  for (std::size_t i = 0; i < q2_0.elements; ++i) {
    to[i] = code((byte_at(block + 2, i / 4) >> (2 * (i % 4)) & 3) - 1);
  }
}

// 32 bytes of five digits, 16 of five, 4 of four, d.
void tq1_0_codes(const std::byte* block, std::int8_t* to) {
  base_3_digits(block, 32, 5, to);
  base_3_digits(block + 32, 16, 5, to);
  base_3_digits(block + 48, 4, 4, to);
}

float tq1_0_scale(const std::byte* block) { return half(block + 52); }

// 64 bytes of codes, d. Each half of 128 elements is in 32 bytes, with two bits for each quarter of
// 32.
void tq2_0_codes(const std::byte* block, std::int8_t* to) {
  for (std::size_t i = 0; i < tq2_0.elements; ++i) {
    const int byte = byte_at(block, i / 128 * 32 + i % 32);
    to[i] = code((byte >> (2 * (i % 128 / 32)) & 3) - 1);
  }
}

float tq2_0_scale(const std::byte* block) { return half(block + 64); }

}  // namespace ringlet::convert::blocks

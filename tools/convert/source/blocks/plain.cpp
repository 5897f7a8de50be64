// Floats, and blocks of 32 with a scale and a minimum.
#include <bit>

#include "source/blocks/access.hpp"
#include "source/blocks/decoders.hpp"

namespace ringlet::convert::blocks {

void f32(const std::byte* from, std::size_t blocks, float* to) {
  std::memcpy(to, from, blocks * sizeof(float));
}

void f16(const std::byte* from, std::size_t blocks, float* to) {
  for (std::size_t i = 0; i < blocks; ++i) to[i] = half(from + 2 * i);
}

void bf16(const std::byte* from, std::size_t blocks, float* to) {
  for (std::size_t i = 0; i < blocks; ++i) {
    to[i] = std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(from + 2 * i)} << 16);
  }
}

void q4_1(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 20, 32, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    const float m = half(block + 2);
    each_nibble<16>(block + 4, out,
                    [d, m](int q, std::size_t) { return static_cast<float>(q) * d + m; });
  });
}

void q5_1(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 24, 32, to, [](const std::byte* block, float* out) {
    const float d = half(block);
    const float m = half(block + 2);
    const auto fifth = load<std::uint32_t>(block + 4);
    each_nibble<16>(block + 8, out, [d, m, fifth](int q, std::size_t i) {
      return static_cast<float>(q | static_cast<int>(fifth >> i & 1) << 4) * d + m;
    });
  });
}

}  // namespace ringlet::convert::blocks

#include <cmath>

#include "source/blocks/access.hpp"
#include "source/blocks/decoders.hpp"
#include "source/blocks/tables.hpp"

namespace ringlet::convert::blocks {
namespace {

/// E4M3 without its sign, halved because the codes are doubled. 0x7F, its NaN, is 0 in ggml.
float half_of_e4m3(int bits) {
  if (bits == 0x7F) return 0;
  const int exponent = bits >> 3 & 15;
  const int mantissa = bits & 7;
  return exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -10)
                       : std::ldexp(static_cast<float>(8 + mantissa), exponent - 11);
}

}  // namespace

// Four scales, then eight bytes of nibbles for each 16 elements.
void nvfp4(const std::byte* from, std::size_t blocks, float* to) {
  each_block(from, blocks, 36, 64, to, [](const std::byte* block, float* out) {
    for (std::size_t part = 0; part < 4; ++part) {
      const float d = half_of_e4m3(byte_at(block, part));
      each_nibble<8>(block + 4 + 8 * part, out + 16 * part, [d](int q, std::size_t) {
        return static_cast<float>(e2m1_doubled[static_cast<std::size_t>(q)]) * d;
      });
    }
  });
}

}  // namespace ringlet::convert::blocks

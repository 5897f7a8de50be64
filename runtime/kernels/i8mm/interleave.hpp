// Activations of a block of tokens, arranged for tiles: SMMLA needs eight codes of two tokens side
// by side. They are interleaved once for several panels. A group has, for P pairs of tokens,
//
//   64·P bytes   chunks: for each eight columns, for each pair, the codes of both tokens
//   16·P bytes   starts of dot products: for each pair {a, b, a, b}
//   16·P bytes   scales, likewise
#pragma once

#include <arm_neon.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/dotprod/biased.hpp"
#include "kernels/i8mm/tile.hpp"
#include "kernels/kernel_set.hpp"

namespace ringlet::i8mm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Groups [first, first + count).
struct Stretch {
  std::size_t first, count;
};

/// Some tokens of the activations, in pairs. The last of an odd number is paired with itself.
struct Block {
  std::size_t first, count;

  [[nodiscard]] std::size_t pairs() const { return (count + 1) / 2; }
  [[nodiscard]] std::size_t token(std::size_t i) const { return first + std::min(i, count - 1); }
};

/// The activations of a block for a stretch.
struct Interleaved {
  static constexpr std::size_t pair_bytes = 96;  // of a group
  /// 24 groups of eight pairs, 96 groups of two.
  static constexpr std::size_t most_bytes = 24 * most_pairs * pair_bytes;

  alignas(64) std::uint8_t bytes[most_bytes + 64];  // a tile loads four starts or scales at once

  static std::size_t most_groups(std::size_t pairs) { return most_bytes / (pair_bytes * pairs); }
};

/// One pair in one group. a and b are the tokens' codes; starts and scales are {a, b}.
inline void interleave_group(const std::int8_t* a, const std::int8_t* b, int32x2_t starts,
                             float32x2_t scales, std::size_t pairs, std::uint8_t* out) {
  for (std::size_t half = 0; half < 2; ++half) {
    const int64x2_t first = vreinterpretq_s64_s8(vld1q_s8(a + half * 16));
    const int64x2_t second = vreinterpretq_s64_s8(vld1q_s8(b + half * 16));
    std::uint8_t* chunk = out + half * 32 * pairs;
    vst1q_u8(chunk, vreinterpretq_u8_s64(vzip1q_s64(first, second)));
    vst1q_u8(chunk + 16 * pairs, vreinterpretq_u8_s64(vzip2q_s64(first, second)));
  }
  vst1q_u8(out + 64 * pairs, vreinterpretq_u8_s32(vcombine_s32(starts, starts)));
  vst1q_u8(out + 80 * pairs, vreinterpretq_u8_f32(vcombine_f32(scales, scales)));
}

template <bool int4>
inline void interleave(const Activations& x, const Block& block, const Stretch& stretch,
                       Interleaved& out) {
  const std::size_t pairs = block.pairs();
  const int32x2_t bias = vdup_n_s32(dotprod::bias_bits);
  for (std::size_t p = 0; p < pairs; ++p) {
    const std::size_t a = block.token(2 * p);
    const std::size_t b = block.token(2 * p + 1);
    for (std::size_t i = 0; i < stretch.count; ++i) {
      const std::size_t g = stretch.first + i;
      const std::int8_t* codes = x.quantized.codes + g * packed::group_size;
      const float* scales = x.quantized.scales + g;
      const std::int32_t* offsets = x.quantized.offsets + g;
      const std::size_t a_group = a * x.group_stride;
      const std::size_t b_group = b * x.group_stride;
      const int32x2_t starts =
          int4 ? vld1_lane_s32(offsets + b_group, vld1_dup_s32(offsets + a_group), 1)
               : vdup_n_s32(0);
      interleave_group(codes + a * x.code_stride, codes + b * x.code_stride, vadd_s32(bias, starts),
                       vld1_lane_f32(scales + b_group, vld1_dup_f32(scales + a_group), 1), pairs,
                       out.bytes + (i * Interleaved::pair_bytes * pairs) + 16 * p);
    }
  }
}

}  // namespace
}  // namespace ringlet::i8mm

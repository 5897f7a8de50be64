// Lines of cache_page.hpp in Helium registers: four rows of sixteen bytes.
#pragma once

#include <arm_mve.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::helium {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using Rows = uint32x4x4_t;

/// VLD4 with 32-bit words: each register receives every fourth word.
inline Rows load_rows(const std::uint8_t* line) {
  return vld4q_u32(reinterpret_cast<const std::uint32_t*>(line));
}

/// One sum for each of four rows. VMLADAV accumulates in 32 bits, so the sums are exact.
struct Dots {
  std::int32_t row[4] = {};
};

inline int32x4_t lanes(const Dots& dots) {
  return int32x4_t{dots.row[0], dots.row[1], dots.row[2], dots.row[3]};
}

/// Four rows of an INT4 line times 32 numbers, starting at `offset`, because the codes are stored
/// plus 8.
inline int32x4_t dot_int4(const Rows& rows, const std::int8_t* x, std::int32_t offset) {
  const int8x16_t first = vldrbq_s8(x);
  const int8x16_t second = vldrbq_s8(x + 16);
  Dots dots;
  for (std::size_t r = 0; r < 4; ++r) {
    const uint8x16_t bytes = vreinterpretq_u8_u32(rows.val[r]);
    const int8x16_t low = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
    const int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
    dots.row[r] = vmladavaq_s8(vmladavq_s8(low, first), high, second);
  }
  return vaddq_n_s32(lanes(dots), offset);
}

}  // namespace
}  // namespace ringlet::helium

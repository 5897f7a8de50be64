// Packed matrices times vectors for baseline NEON (armv8.0, armv7 with VFPv4): lanes are rows, four
// at a time. One token at a time: the panel stays in the first cache for the next ones.
//
// The order of statements is for cores that issue in order (Cortex-A53, A7): quads of rows are
// interleaved, so that several chains of multiplications are under way, and the float part of a
// quad is done during the next ones, where its latency costs nothing.
#pragma once

#include "kernels/neon/lines.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::neon {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

// INT4: a lane of a row is the sum of eight products of a code below 16 and one in ±127, and two
// lanes are added before they are widened.
static_assert(2 * 8 * 15 * 127 <= INT16_MAX);

inline int8x16_t low_codes(uint8x16_t bytes) {
  return vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
}
inline int8x16_t high_codes(uint8x16_t bytes) { return vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4)); }

/// Two lanes for each of four rows.
inline int16x8_t pair_lanes(const Products& products) {
#if defined(__aarch64__)
  return vpaddq_s16(products.rows01, products.rows23);
#else
  return vcombine_s16(vpadd_s16(vget_low_s16(products.rows01), vget_high_s16(products.rows01)),
                      vpadd_s16(vget_low_s16(products.rows23), vget_high_s16(products.rows23)));
#endif
}

// How many quads of rows are interleaved: as many as leave the registers to the activations.
#if defined(__aarch64__)
constexpr std::size_t together = 2;
#else
constexpr std::size_t together = 1;
#endif

/// One lane for each row of `together` quads.
struct Dots {
  int32x4_t quad[together];
};

/// `together` quads of rows times one INT4 group.
inline Dots dot_int4(const std::uint8_t* lines, const Words& x, int32x4_t offset) {
  Products products[together];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    uint8x16_t bytes[together];
    for (std::size_t q = 0; q < together; ++q) bytes[q] = vld1q_u8(lines + 64 * q + 16 * j);
    for (std::size_t q = 0; q < together; ++q) {
      if (j == 0) {
        products[q] = multiply(low_codes(bytes[q]), x.word[0]);
      } else {
        add_products(products[q], low_codes(bytes[q]), x.word[j]);
      }
    }
    for (std::size_t q = 0; q < together; ++q) {
      add_products(products[q], high_codes(bytes[q]), x.word[4 + j]);
    }
  }
  Dots dots;
  for (std::size_t q = 0; q < together; ++q) {
    dots.quad[q] = vpadalq_s16(offset, pair_lanes(products[q]));
  }
  return dots;
}

/// `together` quads of rows times one INT8 group.
inline Dots dot_int8(const std::uint8_t* lines, const Words& x) {
  WideSums sums[together];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 8; j += 2) {
    for (std::size_t q = 0; q < together; ++q) {
      const std::uint8_t* line = lines + 128 * q + 16 * j;
      add_word_pair(sums[q], load_codes(line), load_codes(line + 16), x.word[j], x.word[j + 1]);
    }
  }
  Dots dots;
  for (std::size_t q = 0; q < together; ++q) dots.quad[q] = reduce(sums[q]);
  return dots;
}

template <bool int4>
inline void multiply_panel(const PanelView& panel, const QuantizedVector& x, float* y) {
  constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  const std::uint8_t* codes = panel.codes;
  const std::uint16_t* scales = panel.scales;
  float32x4_t sum[4];
  Dots late;  // of the quads before: adds exactly zero at first
  float32x4_t late_scale[together];
  for (float32x4_t& s : sum) s = vdupq_n_f32(0);
  for (std::size_t q = 0; q < together; ++q) {
    late.quad[q] = vdupq_n_s32(0);
    late_scale[q] = vdupq_n_f32(0);
  }
  const auto add_late = [&](std::size_t quad) {
    for (std::size_t q = 0; q < together; ++q) {
      sum[quad + q] = vfmaq_f32(sum[quad + q], vcvtq_f32_s32(late.quad[q]), late_scale[q]);
    }
  };
  for (std::size_t g = 0; g < panel.groups; ++g) {
    prefetch<group_bytes>(codes, panel.prefetch_bytes);
    const Words words = load_words(x.codes + g * packed::group_size);
    const float32x4_t x_scale = vld1q_dup_f32(x.scales + g);
#pragma GCC unroll 4
    for (std::size_t quad = 0; quad < 4; quad += together) {
      const std::uint8_t* lines = codes + quad * (group_bytes / 4);
      Dots dots;
      if constexpr (int4) {
        dots = dot_int4(lines, words, vld1q_dup_s32(x.offsets + g));
      } else {
        dots = dot_int8(lines, words);
      }
      add_late((quad + 4 - together) % 4);
      late = dots;
      for (std::size_t q = 0; q < together; ++q) {
        late_scale[q] = vmulq_f32(Vector::load_half(scales + 4 * (quad + q)), x_scale);
      }
    }
    codes += group_bytes;
    scales += packed::panel_rows;
  }
  add_late(4 - together);
  for (std::size_t quad = 0; quad < 4; ++quad) vst1q_f32(y + 4 * quad, sum[quad]);
}

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <std::size_t tokens>
  static void int4(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    multiply_panel<true>(panel, x[0], y[0]);
  }
  template <std::size_t tokens>
  static void int8(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    multiply_panel<false>(panel, x[0], y[0]);
  }
};

}  // namespace
}  // namespace ringlet::neon

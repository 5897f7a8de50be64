// Products of packed matrices and two vectors, two rows at a time. Four sums for two words leave
// registers for the pairs of both vectors, so each code is unpacked once for two tokens.
#pragma once

#include "base/features.hpp"
#include "kernels/dsp/wide.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Builds for size, and builds with parts of the library, take vectors one by one.
#if defined(__OPTIMIZE_SIZE__)
inline constexpr bool with_two_tokens = false;
#else
inline constexpr bool with_two_tokens = features::all;
#endif

static_assert(sizeof(WideGroup) == 72);  // the assembly relies on it

/// A number of rows a and b for each of vectors 0 and 1. Not an array: gcc would keep it in memory.
template <typename Number>
struct TwoByTwo {
  Number a0, a1, b0, b1;
};

// One step a line:
// clang-format off

// The words of rows a and b; pairs p, q of vector 0 and r, s of vector 1. The first loads of a
// group move the pointers past it, so the others look back.
#define RINGLET_WORDS(at) "ldrd %[a],%[b],[%[words]" at "\n"
#define RINGLET_PAIRS(at0, at1) "ldrd %[p],%[q],[%[x]" at0 "\n ldrd %[r],%[s],[%[x]" at1 "\n"

// Products of a pair of a row and those of both vectors, added to sums or as their beginning.
#define RINGLET_ADD(pair, p, r, sum0, sum1)           \
  "smlad " sum0 "," pair ",%[" p "]," sum0 "\n"       \
  "smlad " sum1 "," pair ",%[" r "]," sum1 "\n"
#define RINGLET_BEGIN(pair, p, r, sum0, sum1)         \
  "smuad " sum0 "," pair ",%[" p "]\n"                \
  "smuad " sum1 "," pair ",%[" r "]\n"

#define RINGLET_NIBBLES(pair, word, sum0, sum1)       \
  "uxtb16 " pair "," word "\n"                        \
  RINGLET_ADD(pair, "p", "r", sum0, sum1)             \
  "and " pair "," pair ",#0x000F000F\n"               \
  RINGLET_ADD(pair, "q", "s", sum0, sum1)
#define RINGLET_NIBBLE_STEP(at, even0, even1, odd0, odd1)             \
  RINGLET_WORDS(at)                                                   \
  RINGLET_PAIRS(even0, even1)                                         \
  RINGLET_NIBBLES("%[t]", "%[a]", "%[a0]", "%[a1]")                   \
  RINGLET_NIBBLES("%[t]", "%[b]", "%[b0]", "%[b1]")                   \
  RINGLET_PAIRS(odd0, odd1)                                           \
  RINGLET_NIBBLES("%[a]", "%[a],ror #8", "%[a0]", "%[a1]")            \
  RINGLET_NIBBLES("%[b]", "%[b],ror #8", "%[b0]", "%[b1]")

#define RINGLET_BYTES(word, sum0, sum1, first)        \
  "sxtb16 %[t]," word "\n"                            \
  first("%[t]", "p", "r", sum0, sum1)                 \
  "sxtb16 " word "," word ",ror #8\n"                 \
  RINGLET_ADD(word, "q", "s", sum0, sum1)
#define RINGLET_BYTE_STEP(at, at0, at1, first)        \
  RINGLET_WORDS(at)                                   \
  RINGLET_PAIRS(at0, at1)                             \
  RINGLET_BYTES("%[a]", "%[a0]", "%[a1]", first)      \
  RINGLET_BYTES("%[b]", "%[b0]", "%[b1]", first)

#define RINGLET_OPERANDS(sum)                                                            \
  [a0] sum(a0), [a1] sum(a1), [b0] sum(b0), [b1] sum(b1), [words] "+&r"(words),          \
  [x] "+&r"(x), [a] "=&r"(a), [b] "=&r"(b), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r),    \
  [s] "=&r"(s), [t] "=&r"(t)

/// Two rows of a group of a panel times both vectors; for INT4, 16 times the products. Moves `words`
/// to the next group, and x past the group of both vectors.
template <bool int4>
[[gnu::always_inline]] inline TwoByTwo<std::int32_t> dot_two_tokens(const std::uint8_t*& words,
                                                                    const WideGroup*& x) {
  std::int32_t a0, a1, b0, b1;
  Pair a, b, p, q, r, s, t;
  if constexpr (int4) {
    a0 = b0 = x[0].start;
    a1 = b1 = x[1].start;
    asm(RINGLET_NIBBLE_STEP("],#256", "],#144", ",#-72]", ",#-136]", ",#-64]")
        RINGLET_NIBBLE_STEP(",#-240]", ",#-128]", ",#-56]", ",#-120]", ",#-48]")
        RINGLET_NIBBLE_STEP(",#-224]", ",#-112]", ",#-40]", ",#-104]", ",#-32]")
        RINGLET_NIBBLE_STEP(",#-208]", ",#-96]", ",#-24]", ",#-88]", ",#-16]")
        : RINGLET_OPERANDS("+&r") : : "memory");
  } else {
    asm(RINGLET_BYTE_STEP("],#512", "],#144", ",#-72]", RINGLET_BEGIN)
        RINGLET_BYTE_STEP(",#-496]", ",#-136]", ",#-64]", RINGLET_ADD)
        RINGLET_BYTE_STEP(",#-480]", ",#-128]", ",#-56]", RINGLET_ADD)
        RINGLET_BYTE_STEP(",#-464]", ",#-120]", ",#-48]", RINGLET_ADD)
        RINGLET_BYTE_STEP(",#-448]", ",#-112]", ",#-40]", RINGLET_ADD)
        RINGLET_BYTE_STEP(",#-432]", ",#-104]", ",#-32]", RINGLET_ADD)
        RINGLET_BYTE_STEP(",#-416]", ",#-96]", ",#-24]", RINGLET_ADD)
        RINGLET_BYTE_STEP(",#-400]", ",#-88]", ",#-16]", RINGLET_ADD)
        : RINGLET_OPERANDS("=&r") : : "memory");
  }
  return {a0, a1, b0, b1};
}

#undef RINGLET_OPERANDS
#undef RINGLET_BYTE_STEP
#undef RINGLET_BYTES
#undef RINGLET_NIBBLE_STEP
#undef RINGLET_NIBBLES
#undef RINGLET_BEGIN
#undef RINGLET_ADD
#undef RINGLET_PAIRS
#undef RINGLET_WORDS
// clang-format on

/// The floating-point part, as add_dots of panel.hpp does it for four rows.
template <bool int4>
inline TwoByTwo<float> add_pair_dots(const TwoByTwo<std::int32_t>& dots,
                                     const std::uint16_t* scales, const WideGroup* x,
                                     TwoByTwo<float> sums) {
#if __ARM_FP & 4
#define RINGLET_CONVERT(fraction)                                                                 \
  "vcvt.f32.s32 s4,s4" fraction "\n vcvt.f32.s32 s5,s5" fraction "\n vcvt.f32.s32 s6,s6" fraction \
  "\n vcvt.f32.s32 s7,s7" fraction "\n"
#define RINGLET_ADD_DOTS(fraction) \
  asm("vldr s3,[%[scales]]\n vmov s4,s5,%[a0],%[a1]\n vmov s6,s7,%[b0],%[b1]\n"                 \
      "vcvtb.f32.f16 s1,s3\n vcvtt.f32.f16 s3,s3\n" RINGLET_CONVERT(fraction)                   \
      "vmul.f32 s0,s1,%[x0]\n vmul.f32 s1,s1,%[x1]\n vmul.f32 s2,s3,%[x0]\n"                    \
      "vmul.f32 s3,s3,%[x1]\n vfma.f32 %[sa0],s4,s0\n vfma.f32 %[sa1],s5,s1\n"                  \
      "vfma.f32 %[sb0],s6,s2\n vfma.f32 %[sb1],s7,s3"                                           \
      : [sa0] "+t"(sums.a0), [sa1] "+t"(sums.a1), [sb0] "+t"(sums.b0), [sb1] "+t"(sums.b1)      \
      : [scales] "r"(scales), [x0] "t"(x[0].scale), [x1] "t"(x[1].scale),                 \
        [a0] "r"(dots.a0), [a1] "r"(dots.a1), [b0] "r"(dots.b0), [b1] "r"(dots.b1)              \
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "memory")
  if constexpr (int4) {
    RINGLET_ADD_DOTS(",#4");
  } else {
    RINGLET_ADD_DOTS("");
  }
#undef RINGLET_ADD_DOTS
#undef RINGLET_CONVERT
#else
  const auto add = [&](std::int32_t dot, std::size_t row, std::size_t token, float sum) {
    return fused_multiply_add(static_cast<float>(int4 ? dot >> 4 : dot),
                              half(scales[row]) * x[token].scale, sum);
  };
  sums = {add(dots.a0, 0, 0, sums.a0), add(dots.a1, 0, 1, sums.a1), add(dots.b0, 1, 0, sums.b0),
          add(dots.b1, 1, 1, sums.b1)};
#endif
  return sums;
}

/// multiply_panel of panel.hpp for two vectors, whose groups alternate. Their sums are at y and at
/// y + y_stride.
template <bool int4>
[[gnu::noinline]] void multiply_two_tokens(const std::uint8_t* codes, const std::uint16_t* scales,
                                           const WideGroup* x, std::size_t count, bool first,
                                           float* y, std::size_t y_stride) {
  constexpr std::size_t quad_bytes =
      (int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes) / 4;
  const WideGroup* const end = x + 2 * count;
  float* z = y + y_stride;
  for (std::size_t row = 0; row < packed::panel_rows; row += 2, y += 2, z += 2) {
    const std::uint8_t* words = codes + row / 4 * quad_bytes + row % 4 * 4;
    const std::uint16_t* row_scales = scales + row;
    TwoByTwo<float> sums = {};
    if (!first) sums = {y[0], z[0], y[1], z[1]};
    for (const WideGroup* group = x; group != end; row_scales += packed::panel_rows) {
      const TwoByTwo<std::int32_t> dots = dot_two_tokens<int4>(words, group);
      sums = add_pair_dots<int4>(dots, row_scales, group - 2, sums);
    }
    y[0] = sums.a0;
    y[1] = sums.b0;
    z[0] = sums.a1;
    z[1] = sums.b1;
  }
}

}  // namespace
}  // namespace ringlet::dsp

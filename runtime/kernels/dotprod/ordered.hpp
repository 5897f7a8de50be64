// Single instructions that stay in the order of the source, for the loops of turns.hpp and
// stream.hpp. An in-order core (Cortex-A55, A510) stalls whenever a result is not ready, so the
// order of instructions determines its speed; out-of-order cores do not mind it. Compilers reorder
// intrinsics, but not volatile assembly. They still choose the registers, except those of the dot
// products: left to itself, gcc 12 moves these from register to register.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernels/dotprod/biased.hpp"
#include "kernels/packed_layout.hpp"

// For lambdas too, where a standard attribute would belong to the type.
#define RINGLET_INLINE __attribute__((always_inline))

namespace ringlet::dotprod {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

// NOLINTBEGIN(hicpp-no-assembler)

RINGLET_INLINE inline int8x16_t load_codes(const void* p) {
  int8x16_t codes;
  asm volatile("ldr %q0, %1" : "=w"(codes) : "m"(*static_cast<const int8x16_t*>(p)));
  return codes;
}
RINGLET_INLINE inline float32x4_t load_floats(const float32x4_t& p) {
  float32x4_t floats;
  asm volatile("ldr %q0, %1" : "=w"(floats) : "m"(p));
  return floats;
}
RINGLET_INLINE inline void store_floats(float32x4_t& p, float32x4_t floats) {
  asm volatile("str %q1, %0" : "=m"(p) : "w"(floats));
}
/// A scale of a vector, in the first lane.
RINGLET_INLINE inline float32x4_t load_scale(const float* p) {
  float32x4_t scale;
  asm volatile("ldr %s0, %1" : "=w"(scale) : "m"(*p));
  return scale;
}
/// The scales of four rows, which widen() makes floats.
RINGLET_INLINE inline float32x4_t load_halves(const std::uint16_t* p) {
  float32x4_t halves;
  asm volatile("ldr %d0, %1" : "=w"(halves) : "m"(*reinterpret_cast<const uint16x4_t*>(p)));
  return halves;
}
RINGLET_INLINE inline void widen(float32x4_t& halves) {
  asm volatile("fcvtl %0.4s, %0.4h" : "+w"(halves));
}
RINGLET_INLINE inline std::int32_t load_offset(const std::int32_t* p) {
  std::int32_t offset;
  asm volatile("ldr %w0, %1" : "=r"(offset) : "m"(*p));
  return offset;
}
RINGLET_INLINE inline void add(std::int32_t& sum, std::int32_t b) {
  asm volatile("add %w0, %w0, %w1" : "+r"(sum) : "r"(b));
}
RINGLET_INLINE inline int32x4_t repeated(std::int32_t a) {
  int32x4_t result;
  asm volatile("dup %0.4s, %w1" : "=w"(result) : "r"(a));
  return result;
}

RINGLET_INLINE inline int8x16_t fifteens() {
  int8x16_t fifteen;
  asm volatile("movi %0.16b, #15" : "=w"(fifteen));
  return fifteen;
}
RINGLET_INLINE inline int8x16_t low_nibbles(int8x16_t bytes, int8x16_t fifteen) {
  int8x16_t codes;
  asm volatile("and %0.16b, %1.16b, %2.16b" : "=w"(codes) : "w"(bytes), "w"(fifteen));
  return codes;
}
RINGLET_INLINE inline int8x16_t high_nibbles(int8x16_t bytes) {
  int8x16_t codes;
  asm volatile("ushr %0.16b, %1.16b, #4" : "=w"(codes) : "w"(bytes));
  return codes;
}

/// sum += the words in `codes` times word `word` of `x`. Register v`place` keeps the sum.
template <int word, int place>
RINGLET_INLINE inline void add_dots(int32x4_t& sum, int8x16_t codes, int8x16_t x) {
  static_assert(place < 6);
#define RINGLET_ADD_DOTS(number)                                                                 \
  if constexpr (place == number) {                                                               \
    register int32x4_t fixed asm("v" #number) = sum;                                             \
    asm volatile("sdot %0.4s, %1.16b, %2.4b[%3]" : "+w"(fixed) : "w"(codes), "w"(x), "i"(word)); \
    sum = fixed;                                                                                 \
  }
  RINGLET_ADD_DOTS(0)
  RINGLET_ADD_DOTS(1)
  RINGLET_ADD_DOTS(2)
  RINGLET_ADD_DOTS(3)
  RINGLET_ADD_DOTS(4)
  RINGLET_ADD_DOTS(5)
#undef RINGLET_ADD_DOTS
}

/// The dot products as floats, in the same register (biased.hpp).
RINGLET_INLINE inline void subtract_bias(int32x4_t& dots, float32x4_t all_bias) {
  asm volatile("fsub %0.4s, %0.4s, %1.4s" : "+w"(dots) : "w"(all_bias));
}
/// The same where the sum is in register v`place`.
template <int place>
RINGLET_INLINE inline void subtract_bias(int32x4_t& dots, float32x4_t all_bias) {
  static_assert(place < 4);
#define RINGLET_SUBTRACT(number)                                            \
  if constexpr (place == number) {                                          \
    register int32x4_t fixed asm("v" #number) = dots;                       \
    asm volatile("fsub %0.4s, %0.4s, %1.4s" : "+w"(fixed) : "w"(all_bias)); \
    dots = fixed;                                                           \
  }
  RINGLET_SUBTRACT(0)
  RINGLET_SUBTRACT(1)
  RINGLET_SUBTRACT(2)
  RINGLET_SUBTRACT(3)
#undef RINGLET_SUBTRACT
}
RINGLET_INLINE inline float32x4_t multiply_scales(float32x4_t rows, float32x4_t vector) {
  float32x4_t scales;
  asm volatile("fmul %0.4s, %1.4s, %2.s[0]" : "=w"(scales) : "w"(rows), "w"(vector));
  return scales;
}
RINGLET_INLINE inline void add_scaled(float32x4_t& sum, int32x4_t floats, float32x4_t scales) {
  asm volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(sum) : "w"(floats), "w"(scales));
}

/// What computes the number stays in front of here, and the compiler forgets how it is computed:
/// it would keep an address for each vector instead of one distance.
template <typename T>
RINGLET_INLINE inline void opaque(T& number) {
  asm volatile("" : "+r"(number));
}

// NOLINTEND(hicpp-no-assembler)

/// Calls f(0), …, f(count − 1), with constants.
template <std::size_t count, typename Function>
RINGLET_INLINE inline void repeat(const Function& f) {
  [&]<std::size_t... i>(std::index_sequence<i...> /*all*/) RINGLET_INLINE {
    (f(std::integral_constant<std::size_t, i>{}), ...);
  }
  (std::make_index_sequence<count>{});
}

/// Where the loops are. Addresses are a pointer of a vector plus a distance that all share.
struct Position {
  const std::uint8_t* codes;
  const std::uint16_t* scales;
  std::ptrdiff_t groups_left;
  std::ptrdiff_t more = -1;  // a mask: zero in the last group, which loads itself again as "next"
  std::ptrdiff_t code_at = 0;
  std::ptrdiff_t scale_at = 0;

  RINGLET_INLINE void count_group() {
    groups_left -= 1;
    opaque(groups_left);
  }
  RINGLET_INLINE void compare() {
    more = -groups_left >> 63;
    opaque(more);
  }
  template <bool int4>
  RINGLET_INLINE void next_weights() {
    constexpr std::ptrdiff_t bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
    codes += bytes & more;
    scales += static_cast<std::ptrdiff_t>(packed::panel_rows) & more;
    opaque(codes);
    opaque(scales);
  }
};

template <typename T>
RINGLET_INLINE inline const T* at(std::uintptr_t base, std::ptrdiff_t bytes) {
  return reinterpret_cast<const T*>(base + static_cast<std::uintptr_t>(bytes));
}

}  // namespace
}  // namespace ringlet::dotprod

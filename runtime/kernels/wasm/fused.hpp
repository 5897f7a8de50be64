// The fused multiply-add of four floats, by arithmetic in double: WebAssembly has no instruction
// whose result is the same in every engine.
#pragma once

#include <wasm_simd128.h>

#include "numerics/fused_multiply_add.hpp"

namespace ringlet::wasm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// The upper two floats as doubles.
inline v128_t promote_high(v128_t a) {
  return wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(a, a, 2, 3, 2, 3));
}

/// The four floats of two pairs of doubles, each rounded.
inline v128_t demote(v128_t low, v128_t high) {
  return wasm_i32x4_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high),
                            0, 1, 4, 5);
}

/// Lanes where a double is halfway between two normal floats, or would be if it was in their range.
inline v128_t halfway(v128_t sums) {
  return wasm_i64x2_eq(wasm_v128_and(sums, wasm_i64x2_splat(0x1FFFFFFF)),
                       wasm_i64x2_splat(0x10000000));
}

[[gnu::noinline]] v128_t fused_one_by_one(v128_t a, v128_t b, v128_t c) {
  float x[4];
  float y[4];
  float z[4];
  wasm_v128_store(x, a);
  wasm_v128_store(y, b);
  wasm_v128_store(z, c);
  for (int i = 0; i < 4; ++i) z[i] = fused_by_integers(x[i], y[i], z[i]);
  return wasm_v128_load(z);
}

/// The floats of sums in double of exact products and c, rounded as if the sums were exact.
///
/// A sum of doubles is on the same side of every number halfway between two floats as the exact sum
/// is, unless it became such a number. Between normal floats those have a pattern. Between
/// subnormal ones they do not, so results up to the smallest normal float are computed again too.
/// Zeros are right, because sums so small are exact: the last bit of a product that nearly cancels
/// c is at least 2^-198.
inline v128_t round_once(v128_t low, v128_t high, v128_t a, v128_t b, v128_t c) {
  const v128_t rounded = demote(low, high);
  const v128_t tiny =
      wasm_v128_and(wasm_f32x4_le(wasm_f32x4_abs(rounded), wasm_f32x4_splat(0x1p-126F)),
                    wasm_f32x4_ne(rounded, wasm_f32x4_splat(0.0F)));
  const v128_t doubtful = wasm_v128_or(wasm_v128_or(halfway(low), halfway(high)), tiny);
  if (__builtin_expect(static_cast<long>(wasm_v128_any_true(doubtful)), 0) != 0) {
    return fused_one_by_one(a, b, c);
  }
  return rounded;
}

/// a · b + c, rounded once.
inline v128_t fused(v128_t a, v128_t b, v128_t c) {
  const v128_t low = wasm_f64x2_add(
      wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(a), wasm_f64x2_promote_low_f32x4(b)),
      wasm_f64x2_promote_low_f32x4(c));
  const v128_t high =
      wasm_f64x2_add(wasm_f64x2_mul(promote_high(a), promote_high(b)), promote_high(c));
  return round_once(low, high, a, b, c);
}

}  // namespace
}  // namespace ringlet::wasm

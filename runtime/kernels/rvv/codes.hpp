// Codes of weights, keys and values in vectors. A line of 64 bytes is four words (four codes) of
// four rows, word after word. It is multiplied as a whole by the same words of activations, each
// repeated for the four rows. The products are halves, and those of two lines add up without
// overflow. The lanes of a row are added afterwards.
//
// Every vector has a fixed number of lanes, in as many registers as it needs where they have 128
// bits, the least that the extension allows. Longer registers are used in part: instructions and
// bits are the same.
#pragma once

#include <riscv_vector.h>

#include <cstddef>
#include <cstdint>

namespace ringlet::rvv {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

inline constexpr std::size_t line_bytes = 64;

/// Four words, each for four rows.
inline vint8m4_t repeat(const std::int8_t* words) {
  const vint32m4_t four = __riscv_vreinterpret_i32m4(__riscv_vle8_v_i8m4(words, 16));
  const vuint32m4_t order = __riscv_vsrl_vx_u32m4(__riscv_vid_v_u32m4(16), 2, 16);
  return __riscv_vreinterpret_i8m4(__riscv_vrgather_vv_i32m4(four, order, 16));
}

inline vint8m4_t load_line(const std::uint8_t* p) {
  return __riscv_vreinterpret_i8m4(__riscv_vle8_v_u8m4(p, line_bytes));
}

/// Products of an INT4 line with two times four words. At most 2 · 15 · 127.
inline vint16m8_t multiply_int4(const std::uint8_t* line, vint8m4_t x, vint8m4_t next_x) {
  const vuint8m4_t bytes = __riscv_vle8_v_u8m4(line, line_bytes);
  const vint16m8_t low =
      __riscv_vwmulsu_vv_i16m8(x, __riscv_vand_vx_u8m4(bytes, 15, line_bytes), line_bytes);
  return __riscv_vwmaccsu_vv_i16m8(low, next_x, __riscv_vsrl_vx_u8m4(bytes, 4, line_bytes),
                                   line_bytes);
}

/// Products of two INT8 lines. At most 2 · 127 · 127.
inline vint16m8_t multiply_int8(const std::uint8_t* lines, vint8m4_t x, vint8m4_t next_x) {
  const vint16m8_t first = __riscv_vwmul_vv_i16m8(load_line(lines), x, line_bytes);
  return __riscv_vwmacc_vv_i16m8(first, load_line(lines + line_bytes), next_x, line_bytes);
}

inline vint16m4_t lower(vint16m8_t a) { return __riscv_vlmul_trunc_v_i16m8_i16m4(a); }
inline vint16m4_t upper(vint16m8_t a) { return lower(__riscv_vslidedown_vx_i16m8(a, 32, 32)); }

/// Sums of the four words, at most 8 · 15 · 127: a lane for each row and column.
inline vint16m2_t add_words(vint16m8_t products) {
  const vint16m4_t two = __riscv_vadd_vv_i16m4(lower(products), upper(products), 32);
  const vint16m4_t others = __riscv_vslidedown_vx_i16m4(two, 16, 16);
  return __riscv_vadd_vv_i16m2(__riscv_vlmul_trunc_v_i16m4_i16m2(two),
                               __riscv_vlmul_trunc_v_i16m4_i16m2(others), 16);
}

/// Sums of two words each, as integers: a lane for each of two words, each row and each column.
inline vint32m8_t add_halves(vint16m8_t products) {
  return __riscv_vwadd_vv_i32m8(lower(products), upper(products), 32);
}
inline vint32m8_t add_halves(vint32m8_t sums, vint16m8_t products) {
  sums = __riscv_vwadd_wv_i32m8(sums, lower(products), 32);
  return __riscv_vwadd_wv_i32m8(sums, upper(products), 32);
}

/// Sums of the two words and of pairs of columns: two lanes for each row.
inline vint32m2_t add_words_and_pairs(vint32m8_t sums) {
  const vint32m4_t others =
      __riscv_vlmul_trunc_v_i32m8_i32m4(__riscv_vslidedown_vx_i32m8(sums, 16, 16));
  const vint32m4_t words =
      __riscv_vadd_vv_i32m4(__riscv_vlmul_trunc_v_i32m8_i32m4(sums), others, 16);
  const vint64m4_t pairs = __riscv_vreinterpret_v_i32m4_i64m4(words);
  return __riscv_vadd_vv_i32m2(__riscv_vnsra_wx_i32m2(pairs, 0, 8),
                               __riscv_vnsra_wx_i32m2(pairs, 32, 8), 8);
}

/// Sums of four rows wait in memory for those of sixteen rows. How to join them in registers
/// depends on the registers' length.
class HalfSums {
 public:
  /// A lane for each of four columns, of rows 4 · quad and following.
  void set(std::size_t quad, vint16m2_t sums) {
    __riscv_vse16_v_i16m2(lanes_ + 16 * quad, sums, 16);
  }

  /// Sums of sixteen rows. Two columns together are at most 16 · 15 · 127.
  [[nodiscard]] vint32m4_t add_columns() const {
    const vint32m8_t pairs = __riscv_vreinterpret_v_i16m8_i32m8(__riscv_vle16_v_i16m8(lanes_, 64));
    const vint16m4_t sums = __riscv_vadd_vv_i16m4(__riscv_vnsra_wx_i16m4(pairs, 0, 32),
                                                  __riscv_vnsra_wx_i16m4(pairs, 16, 32), 32);
    const vint32m4_t rows = __riscv_vreinterpret_v_i16m4_i32m4(sums);
    return __riscv_vwadd_vv_i32m4(__riscv_vnsra_wx_i16m2(rows, 0, 16),
                                  __riscv_vnsra_wx_i16m2(rows, 16, 16), 16);
  }

 private:
  alignas(64) std::int16_t lanes_[64];
};

class IntSums {
 public:
  /// Two lanes for each of the rows 4 · quad and following.
  void set(std::size_t quad, vint32m2_t sums) { __riscv_vse32_v_i32m2(lanes_ + 8 * quad, sums, 8); }

  /// Sums of sixteen rows.
  [[nodiscard]] vint32m4_t add_columns() const {
    const vint64m8_t pairs = __riscv_vreinterpret_v_i32m8_i64m8(__riscv_vle32_v_i32m8(lanes_, 32));
    return __riscv_vadd_vv_i32m4(__riscv_vnsra_wx_i32m4(pairs, 0, 16),
                                 __riscv_vnsra_wx_i32m4(pairs, 32, 16), 16);
  }

 private:
  alignas(64) std::int32_t lanes_[32];
};

}  // namespace
}  // namespace ringlet::rvv

// Products of packed matrices and vectors: a line, four rows, at a time. Tokens are processed one
// by one, because to share a line among them would save one of ten instructions.
#pragma once

#include "kernels/rvv/codes.hpp"
#include "kernels/rvv/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::rvv {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <bool int4, std::size_t tokens>
  static void multiply(const simd::PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    const std::uint8_t* codes = panel.codes;
    const std::uint16_t* scales = panel.scales;
    auto sums = Vector::set(0);
    for (std::size_t g = 0; g < panel.groups; ++g) {
      alignas(64) std::int32_t dots[packed::panel_rows];
      if constexpr (int4) {
        dots_int4(codes, x->codes + g * packed::group_size, x->offsets[g], dots);
      } else {
        dots_int8(codes, x->codes + g * packed::group_size, dots);
      }
      const auto factor = Vector::mul(Vector::load_half(scales), Vector::set(x->scales[g]));
      sums = Vector::fma(Vector::to_floats(Vector::load_ints(dots)), factor, sums);
      codes += int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
      scales += packed::panel_rows;
    }
    Vector::store(y[0], sums);
  }

 private:
  static void dots_int4(const std::uint8_t* lines, const std::int8_t* x, std::int32_t start,
                        std::int32_t* dots) {
    const vint8m4_t words = repeat(x);
    const vint8m4_t next_words = repeat(x + 16);
    HalfSums sums;
#pragma clang loop unroll(disable)
    for (std::size_t quad = 0; quad < 4; ++quad, lines += line_bytes) {
      sums.set(quad, add_words(multiply_int4(lines, words, next_words)));
    }
    __riscv_vse32_v_i32m4(dots, __riscv_vadd_vx_i32m4(sums.add_columns(), start, 16), 16);
  }

  static void dots_int8(const std::uint8_t* lines, const std::int8_t* x, std::int32_t* dots) {
    const vint8m4_t words = repeat(x);
    const vint8m4_t next_words = repeat(x + 16);
    IntSums sums;
#pragma clang loop unroll(disable)
    for (std::size_t quad = 0; quad < 4; ++quad, lines += 2 * line_bytes) {
      const vint16m8_t products = multiply_int8(lines, words, next_words);
      sums.set(quad, add_words_and_pairs(add_halves(products)));
    }
    __riscv_vse32_v_i32m4(dots, sums.add_columns(), 16);
  }
};

}  // namespace
}  // namespace ringlet::rvv

// Products of packed matrices and vectors: lanes are rows, four at a time. Tokens are processed one
// by one, because the panel stays in the first-level cache.
#pragma once

#include "kernels/simd/multiply.hpp"
#include "kernels/wasm/codes.hpp"
#include "kernels/wasm/vector.hpp"

namespace ringlet::wasm {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <bool int4, std::size_t tokens>
  static void multiply(const simd::PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    constexpr std::size_t group_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
    const std::uint8_t* codes = panel.codes;
    const std::uint16_t* scales = panel.scales;
    v128_t sums[4] = {wasm_i32x4_splat(0), wasm_i32x4_splat(0), wasm_i32x4_splat(0),
                      wasm_i32x4_splat(0)};
    for (std::size_t g = 0; g < panel.groups; ++g) {
      const Words words = load_words(x->codes + g * packed::group_size);
      const v128_t scale = wasm_v128_load32_splat(x->scales + g);
#pragma GCC unroll 4
      for (std::size_t quad = 0; quad < 4; ++quad) {
        const std::uint8_t* line = codes + quad * (group_bytes / 4);
        v128_t dots;
        if constexpr (int4) {
          dots = dot_int4(line, words, wasm_v128_load32_splat(x->offsets + g));
        } else {
          dots = dot_int8(line, words, wasm_i32x4_splat(0));
        }
        const v128_t factor = wasm_f32x4_mul(Vector::load_half(scales + 4 * quad), scale);
        sums[quad] = fused(wasm_f32x4_convert_i32x4(dots), factor, sums[quad]);
      }
      codes += group_bytes;
      scales += packed::panel_rows;
    }
    for (std::size_t quad = 0; quad < 4; ++quad) wasm_v128_store(y[0] + 4 * quad, sums[quad]);
  }
};

}  // namespace
}  // namespace ringlet::wasm

// Products of packed matrices and vectors with the DSP extension, four rows at a time: four sums,
// four pairs of activations, a word of codes, the mask and the addresses fill the fourteen
// registers.
#pragma once

#include "kernels/dsp/lines.hpp"
#include "kernels/dsp/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::dsp {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

inline Dots dot_int8(const std::uint8_t* lines, const std::int8_t* x) {
  Dots dots;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < 32; k += 4) add_words(dots, lines + 4 * k, load_pairs(x + k));
  return dots;
}

template <bool int4>
void multiply_panel(const PanelView& panel, const QuantizedVector& x, float* y) {
  constexpr std::size_t panel_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
  for (std::size_t quad = 0; quad < 4; ++quad) {
    const std::uint8_t* lines = panel.codes + quad * (panel_bytes / 4);
    const std::uint16_t* scales = panel.scales + 4 * quad;
    float sums[4] = {};
    for (std::size_t g = 0; g < panel.groups; ++g) {
      const std::int8_t* codes = x.codes + g * packed::group_size;
      const Dots dots = int4 ? dot_int4(lines, codes, x.offsets[g]) : dot_int8(lines, codes);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < 4; ++r) {
        const float scale = half(scales[r]) * x.scales[g];
        sums[r] = fused_multiply_add(static_cast<float>(dots.row[r]), scale, sums[r]);
      }
      lines += panel_bytes;
      scales += packed::panel_rows;
    }
    for (std::size_t r = 0; r < 4; ++r) y[4 * quad + r] = sums[r];
  }
}

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    multiply_panel<int4>(panel, x[0], y[0]);
  }
};

}  // namespace
}  // namespace ringlet::dsp

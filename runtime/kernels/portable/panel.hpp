// Products of packed matrices and vectors. The activations of a group are prepared once for the 16
// rows of a panel, and the running sums of the rows are in memory.
#pragma once

#include "kernels/portable/bytes.hpp"
#include "kernels/portable/nibbles.hpp"
#include "kernels/portable/sum.hpp"
#include "kernels/portable/vector.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

using simd::PanelView;

struct Panel {
  static constexpr std::size_t most_tokens = 1;

  template <bool int4, std::size_t tokens>
  static void multiply(const PanelView& panel, const QuantizedVector* x, float* const* y) {
    static_assert(tokens == 1);
    constexpr std::size_t panel_bytes = int4 ? packed::int4_panel_bytes : packed::int8_panel_bytes;
    Sum sums[packed::panel_rows];
    for (Sum& sum : sums) clear(sum);
    const std::uint8_t* codes = panel.codes;
    for (std::size_t g = 0; g < panel.groups; ++g, codes += panel_bytes) {
      const std::int8_t* numbers = x->codes + g * packed::group_size;
      std::int32_t dots[packed::panel_rows];
      if constexpr (int4) {
        NibbleFactors factors;
        prepare(numbers, x->offsets[g], factors);
        dot_nibbles(codes, 64, 4, factors, dots);
      } else {
        for (std::size_t r = 0; r < packed::panel_rows; r += 4) {
          dot_bytes(codes + 32 * r, numbers, packed::group_size, dots + r);
        }
      }
      add_scaled(dots, panel.scales + g * packed::panel_rows, x->scales[g], sums);
    }
    for (std::size_t r = 0; r < packed::panel_rows; ++r) y[0][r] = to_float(sums[r]);
  }
};

}  // namespace
}  // namespace ringlet::portable

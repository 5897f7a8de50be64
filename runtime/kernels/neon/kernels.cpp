// The NEON set: armv8.0 baseline, and armv7 with VFPv4. No instruction beyond the target's own.
#include "kernels/neon/page_dots.hpp"
#include "kernels/neon/panel.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/attention.hpp"
#include "kernels/simd/elementwise.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet {

const KernelSet& neon_kernels() noexcept {
  using neon::PageDots;
  using neon::Panel;
  using neon::Vector;
  static constexpr KernelSet set = {
      .name = "neon",
      .quantize = simd::quantize<Vector>,
      .multiply = simd::multiply<Vector, Panel>,
      .dequantize_row = scalar::dequantize_row,
      .rms_norm = simd::rms_norm<Vector>,
      .silu_multiply = simd::silu_multiply<Vector>,
      .add = simd::add<Vector>,
      .rotary_table = scalar::rotary_table,
      .rotate = simd::rotate<Vector>,
      .quantize_query = simd::quantize_query<Vector>,
      .score_int8 = simd::score_int8<Vector, PageDots>,
      .score_float = simd::score_float<Vector>,
      .softmax_segment = simd::softmax_segment<Vector>,
      .accumulate_int8 = simd::accumulate_int8<Vector, PageDots>,
      .accumulate_float = simd::accumulate_float<Vector>,
      .combine = simd::combine<Vector>,
      .scale = simd::scale<Vector>,
  };
  return set;
}

}  // namespace ringlet

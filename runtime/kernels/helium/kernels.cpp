// The Helium set: Cortex-M55 and M85, integer and float vectors.
#include "kernels/helium/dequantize.hpp"
#include "kernels/helium/page_dots.hpp"
#include "kernels/helium/panel.hpp"
#include "kernels/helium/vector.hpp"
#include "kernels/simd/attention.hpp"
#include "kernels/simd/elementwise.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet {

const KernelSet& helium_kernels() noexcept {
  using helium::PageDots;
  using helium::Panel;
  using helium::Vector;
  static constexpr KernelSet set = {
      .name = "helium",
      .quantize = simd::quantize<Vector>,
      .multiply = simd::multiply<Vector, Panel>,
      .dequantize_row = helium::dequantize_row,
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

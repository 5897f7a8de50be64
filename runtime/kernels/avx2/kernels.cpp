// The AVX2 set. This is the only file that is compiled with its instructions.
#include "kernels/avx2/page_dots.hpp"
#include "kernels/avx2/panel.hpp"
#include "kernels/avx2/vector.hpp"
#include "kernels/simd/attention.hpp"
#include "kernels/simd/elementwise.hpp"
#include "kernels/simd/multiply.hpp"

namespace ringlet {

const KernelSet& avx2_kernels() noexcept {
  using avx2::PageDots;
  using avx2::Panel;
  using avx2::Vector;
  static constexpr KernelSet set = {
      .name = "avx2",
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

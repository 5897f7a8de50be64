// The DSP set: Cortex-M4, M7 and M33 with DSP extension and floating-point unit.
#include "kernels/dsp/attention.hpp"
#include "kernels/dsp/floats.hpp"
#include "kernels/dsp/page_dots.hpp"
#include "kernels/dsp/panel.hpp"
#include "kernels/dsp/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& dsp_kernels() noexcept {
  static constexpr KernelSet set = [] {
    KernelSet table = simd::table_of_vectors<dsp::Vector>("dsp");
    table.quantize = dsp::quantize;
    table.multiply = dsp::multiply;
    table.hadamard = dsp::hadamard;
    table.score_int8 = dsp::score_int8;
    table.accumulate_int8 = dsp::accumulate_int8;
    table.score_int4 = simd::score_int4<dsp::Vector, dsp::PageDots>;
    table.accumulate_int4 = simd::accumulate_int4<dsp::Vector, dsp::PageDots>;
    return without_left_out(table);
  }();
  return set;
}

}  // namespace ringlet

// The DSP set: Cortex-M4, M7 and M33 with DSP extension and floating-point unit.
#include "kernels/dsp/page_dots.hpp"
#include "kernels/dsp/panel.hpp"
#include "kernels/dsp/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& dsp_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<dsp::Vector, dsp::Panel, dsp::PageDots>("dsp");
  return set;
}

}  // namespace ringlet

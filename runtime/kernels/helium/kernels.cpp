// The Helium set: Cortex-M55 and M85, with integer and floating-point vectors.
#include "kernels/helium/dequantize.hpp"
#include "kernels/helium/page_dots.hpp"
#include "kernels/helium/panel.hpp"
#include "kernels/helium/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& helium_kernels() noexcept {
  static constexpr KernelSet set = [] {
    KernelSet table = simd::kernel_table<helium::Vector, helium::Panel, helium::PageDots>("helium");
    table.dequantize_row = helium::dequantize_row;
    return table;
  }();
  return set;
}

}  // namespace ringlet

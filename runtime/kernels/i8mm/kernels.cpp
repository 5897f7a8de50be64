// The i8mm set: armv8.6 with SDOT and SMMLA. No other file is compiled with SMMLA.
#include "kernels/dotprod/page_dots.hpp"
#include "kernels/i8mm/panel.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& i8mm_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<neon::Vector, i8mm::Panel, dotprod::PageDots>("i8mm");
  return set;
}

}  // namespace ringlet

// The dotprod set: armv8.2 with SDOT. The i8mm set shares its page products.
#include "kernels/dotprod/page_dots.hpp"
#include "kernels/dotprod/panel.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& dotprod_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<neon::Vector, dotprod::Panel, dotprod::PageDots>("dotprod");
  return set;
}

}  // namespace ringlet

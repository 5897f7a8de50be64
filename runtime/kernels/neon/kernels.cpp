// The NEON set: armv8.0 baseline, and armv7 with VFPv4.
#include "kernels/neon/page_dots.hpp"
#include "kernels/neon/panel.hpp"
#include "kernels/neon/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& neon_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<neon::Vector, neon::Panel, neon::PageDots>("neon");
  return set;
}

}  // namespace ringlet

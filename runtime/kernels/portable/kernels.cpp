// The portable set: C++ for any little-endian processor. Others have no such set.
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include "kernels/portable/page_dots.hpp"
#include "kernels/portable/panel.hpp"
#include "kernels/portable/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& portable_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<portable::Vector, portable::Panel, portable::PageDots>("portable");
  return set;
}

}  // namespace ringlet
#endif

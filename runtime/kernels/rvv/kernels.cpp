// The set for RISC-V with the vector extension. On Linux no other file is compiled with its
// instructions.
#include "kernels/rvv/page_dots.hpp"
#include "kernels/rvv/panel.hpp"
#include "kernels/rvv/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& rvv_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<rvv::Vector, rvv::Panel, rvv::PageDots>("rvv");
  return set;
}

}  // namespace ringlet

// The AVX2 set. This is the only file that is compiled with its instructions.
#include "kernels/avx2/page_dots.hpp"
#include "kernels/avx2/panel.hpp"
#include "kernels/avx2/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& avx2_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<avx2::Vector, avx2::Panel, avx2::PageDots>("avx2");
  return set;
}

}  // namespace ringlet

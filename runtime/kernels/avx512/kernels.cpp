// The AVX-512 set. This is the only file that is compiled with its instructions.
#include "kernels/avx512/page_dots.hpp"
#include "kernels/avx512/panel.hpp"
#include "kernels/avx512/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& avx512_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<avx512::Vector, avx512::Panel, avx512::PageDots>("avx512");
  return set;
}

}  // namespace ringlet

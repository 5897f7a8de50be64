// The AVX2 set. The sources of other x86 sets are compiled with AVX2 too; see their set.cmake.
#include "kernels/avx2/lines.hpp"
#include "kernels/avx2/panel.hpp"
#include "kernels/avx2/vector.hpp"
#include "kernels/simd/kernel_table.hpp"
#include "kernels/simd/line_pages.hpp"

namespace ringlet {

const KernelSet& avx2_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<avx2::Vector, avx2::Panel, simd::LinePages<avx2::Lines>>("avx2");
  return set;
}

}  // namespace ringlet

// The AVX-512 set. No other file is compiled with its instructions.
#include "kernels/avx512/lines.hpp"
#include "kernels/avx512/unpacked.hpp"
#include "kernels/avx512/vector.hpp"
#include "kernels/simd/kernel_table.hpp"
#include "kernels/simd/line_pages.hpp"

namespace ringlet {

const KernelSet& avx512_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<avx512::Vector, avx512::Panel, simd::LinePages<avx512::Lines>>("avx512");
  return set;
}

}  // namespace ringlet

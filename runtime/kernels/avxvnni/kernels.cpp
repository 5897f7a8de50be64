// The AVX-VNNI set: AVX2 with 256-bit VPDPBUSD, for processors that have it without AVX-512 (Alder
// Lake and its successors). It is avx2/ compiled with one more instruction; see avx2/lines.hpp.
#include "kernels/avx2/lines.hpp"
#include "kernels/avx2/panel.hpp"
#include "kernels/avx2/vector.hpp"
#include "kernels/simd/kernel_table.hpp"
#include "kernels/simd/line_pages.hpp"

namespace ringlet {

static_assert(avx2::has_vnni);

const KernelSet& avxvnni_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<avx2::Vector, avx2::Panel, simd::LinePages<avx2::Lines>>("avxvnni");
  return set;
}

}  // namespace ringlet

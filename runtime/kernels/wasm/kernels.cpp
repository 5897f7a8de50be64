// The set for WebAssembly with fixed-width SIMD. No relaxed instructions: their results differ
// between engines.
#include "kernels/simd/kernel_table.hpp"
#include "kernels/wasm/page_dots.hpp"
#include "kernels/wasm/panel.hpp"
#include "kernels/wasm/vector.hpp"

namespace ringlet {

const KernelSet& wasm_kernels() noexcept {
  static constexpr KernelSet set =
      simd::kernel_table<wasm::Vector, wasm::Panel, wasm::PageDots>("wasm");
  return set;
}

}  // namespace ringlet

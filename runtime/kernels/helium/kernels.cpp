// The Helium set: Cortex-M55 and M85, with integer and floating-point vectors.
#include "kernels/helium/attention.hpp"
#include "kernels/helium/dequantize.hpp"
#include "kernels/helium/hadamard.hpp"
#include "kernels/helium/page_dots.hpp"
#include "kernels/helium/panel.hpp"
#include "kernels/helium/quantize.hpp"
#include "kernels/helium/vector.hpp"
#include "kernels/simd/kernel_table.hpp"

namespace ringlet {

const KernelSet& helium_kernels() noexcept {
  static constexpr KernelSet set = [] {
    KernelSet table = simd::table_of_vectors<helium::Vector>("helium");
    table.quantize = helium::quantize;
    table.multiply = helium::multiply;
    table.hadamard = helium::hadamard;
    table.dequantize_row = helium::dequantize_row;
    table.score_int8 = helium::score_int8;
    table.score_int4 = simd::score_int4<helium::Vector, helium::PageDots>;
    table.accumulate_int8 = helium::accumulate_int8;
    table.accumulate_int4 = simd::accumulate_int4<helium::Vector, helium::PageDots>;
    return without_left_out(table);
  }();
  return set;
}

}  // namespace ringlet

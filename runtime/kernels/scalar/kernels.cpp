#include "kernels/scalar/scalar.hpp"

#include "kernels/left_out.hpp"

namespace ringlet {

const KernelSet& scalar_kernels() noexcept {
  static constexpr KernelSet set = without_left_out({
      .name = "scalar",
      .quantize = scalar::quantize,
      .multiply = scalar::multiply,
      .dequantize_row = scalar::dequantize_row,
      .rms_norm = scalar::rms_norm,
      .silu_multiply = scalar::silu_multiply,
      .sigmoid_multiply = scalar::sigmoid_multiply,
      .gelu_tanh = scalar::gelu_tanh,
      .gelu_erf = scalar::gelu_erf,
      .add = scalar::add,
      .convolve = scalar::convolve,
      .dot = scalar::dot,
      .recur = scalar::recur,
      .rotary_table = scalar::rotary_table,
      .rotate = scalar::rotate,
      .quantize_query = scalar::quantize_query,
      .score_int8 = scalar::score_int8,
      .score_int4 = scalar::score_int4,
      .score_float = scalar::score_float,
      .add_key_bias = scalar::add_key_bias,
      .softmax_segment = scalar::softmax_segment,
      .accumulate_int8 = scalar::accumulate_int8,
      .accumulate_int4 = scalar::accumulate_int4,
      .accumulate_float = scalar::accumulate_float,
      .combine = scalar::combine,
      .hadamard = scalar::hadamard,
      .scale = scalar::scale,
      .quantize_int8 = scalar::quantize_int8,
      .quantize_int4 = scalar::quantize_int4,
      .center = scalar::center,
      .soft_cap = scalar::soft_cap,
      .maximum = scalar::maximum,
      .weigh = scalar::weigh,
  });
  return set;
}

}  // namespace ringlet

// The table of a set that consists of a vector type V, matrix products Panel and page products Dots
// (README.md).
#pragma once

#include "kernels/kernel_set.hpp"
#include "kernels/left_out.hpp"
#include "kernels/simd/activation.hpp"
#include "kernels/simd/attention.hpp"
#include "kernels/simd/cache_codes.hpp"
#include "kernels/simd/elementwise.hpp"
#include "kernels/simd/float_pages.hpp"
#include "kernels/simd/int4_pages.hpp"
#include "kernels/simd/key_bias.hpp"
#include "kernels/simd/multiply.hpp"
#include "kernels/simd/recurrence.hpp"
#include "kernels/simd/sampling.hpp"

namespace ringlet::simd {

/// What needs V alone; the entries of integer matrices and pages are null.
template <typename V>
constexpr KernelSet table_of_vectors(const char* name) {
  KernelSet set = {
      .name = name,
      .quantize = quantize<V>,
      .multiply = nullptr,
      .dequantize_row = scalar::dequantize_row,
      .rms_norm = rms_norm<V>,
      .silu_multiply = silu_multiply<V>,
      .sigmoid_multiply = sigmoid_multiply<V>,
      .gelu_tanh = gelu_tanh<V>,
      .gelu_erf = gelu_erf<V>,
      .add = add<V>,
      .convolve = convolve<V>,
      .dot = dot_of_floats<V>,
      .recur = recur<V>,
      .rotary_table = scalar::rotary_table,
      .rotate = rotate<V>,
      .quantize_query = quantize_query<V>,
      .score_int8 = nullptr,
      .score_int4 = nullptr,
      .score_float = score_float<V>,
      .add_key_bias = add_key_bias<V>,
      .softmax_segment = softmax_segment<V>,
      .accumulate_int8 = nullptr,
      .accumulate_int4 = nullptr,
      .accumulate_float = accumulate_float<V>,
      .combine = combine<V>,
      .hadamard = hadamard<V>,
      .scale = scale<V>,
      .quantize_int8 = quantize_int8<V>,
      .quantize_int4 = quantize_int4<V>,
      .center = center<V>,
      .soft_cap = soft_cap<V>,
      .maximum = scalar::maximum,
      .weigh = scalar::weigh,
  };
  if constexpr (V::width > 1) {
    set.maximum = largest_number<V>;
    set.weigh = weigh<V>;
  }
  return set;
}

template <typename V, typename Panel, typename Dots>
constexpr KernelSet kernel_table(const char* name) {
  KernelSet set = table_of_vectors<V>(name);
  set.multiply = multiply<V, Panel>;
  set.score_int8 = score_int8<V, Dots>;
  set.score_int4 = score_int4<V, Dots>;
  set.accumulate_int8 = accumulate_int8<V, Dots>;
  set.accumulate_int4 = accumulate_int4<V, Dots>;
  return without_left_out(set);
}

}  // namespace ringlet::simd

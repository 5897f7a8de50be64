// Kernel sets without the features that a build leaves out (base/features.hpp).
#pragma once

#include "base/features.hpp"
#include "kernels/kernel_set.hpp"

namespace ringlet {

/// Sets the entries of left-out features to null, so that their code is not linked. Models that
/// would call them are refused.
constexpr KernelSet without_left_out(KernelSet set) {
  if (!features::families) {
    set.gelu_tanh = set.gelu_erf = nullptr;
    set.center = nullptr;
    set.soft_cap = nullptr;
  }
  if (!features::int4_cache) {
    set.score_int4 = nullptr;
    set.accumulate_int4 = nullptr;
    set.quantize_int4 = nullptr;
  }
  if (!features::recurrent) {
    set.sigmoid_multiply = nullptr;
    set.convolve = nullptr;
    set.dot = nullptr;
    set.recur = nullptr;
  }
  if (!features::key_bias) set.add_key_bias = nullptr;
  if (features::for_size) set.maximum = nullptr;  // which serves only large vocabularies
  return set;
}

}  // namespace ringlet

// A hook for matrix products computed by something other than the kernels: a library or a
// coprocessor that a port provides.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

#include "ringlet/team.hpp"

namespace ringlet {

/// y_t = W · x_t for `tokens` vectors of floats. `x` and `y` are row-major with `x_stride` and
/// `y_stride` floats between rows. Each row of `y` has room for `rows` rounded up to 16; the
/// padding must be set to zero.
struct MatrixProduct {
  const void* matrix = nullptr;  // address of W's codes in the model file; identifies the matrix
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t tokens = 0;
  const float* x = nullptr;
  std::uint32_t x_stride = 0;
  float* y = nullptr;
  std::uint32_t y_stride = 0;
};

/// Computes matrix products in place of the kernels.
///
/// `multiply` computes the product on the threads of `team` and returns true. If it returns false
/// it must not have written to `y`, and the kernels compute the product instead. The decoder calls
/// it only for products of two or more tokens, so single-token decoding keeps its bits.
struct Accelerator {
  bool (*multiply)(void* user_data, const Team& team, const MatrixProduct& product) = nullptr;
  void* user_data = nullptr;
};

}  // namespace ringlet

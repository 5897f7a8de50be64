// Matrix products by other means than the kernels: a library or a coprocessor that a port brings.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

#include "ringlet/team.hpp"

namespace ringlet {

/// y_t = W · x_t for `tokens` vectors. The rows of x and y lie `x_stride` and `y_stride` floats
/// apart; those of y have room for `rows` rounded up to 16, and what pads them must become zero.
struct MatrixProduct {
  const void* matrix = nullptr;  // where the codes of W begin in the model file: which matrix it is
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t tokens = 0;
  const float* x = nullptr;
  std::uint32_t x_stride = 0;
  float* y = nullptr;
  std::uint32_t y_stride = 0;
};

/// Computes a product on the lanes of the team and returns true, or returns false without touching
/// y, and the kernels do it. Asked for products of several tokens only, so that decoding one by one
/// keeps its bits.
struct Accelerator {
  bool (*multiply)(void* self, const Team& team, const MatrixProduct& product) = nullptr;
  void* self = nullptr;
};

}  // namespace ringlet

// The product of a float matrix with many tokens, as kernels compute it but in blocks.
#pragma once

#include "kernels/kernel_set.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet::convert {

/// Has the contract of KernelSet::multiply for an f32 matrix, except for the order of sums. Its
/// bits do not depend on the range of rows.
void multiply_blocked(const PackedMatrix& matrix, const Activations& x, float* y,
                      std::size_t y_stride, std::size_t row_begin, std::size_t row_end);

}  // namespace ringlet::convert

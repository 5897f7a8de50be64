// Products of one set of activations with several matrices, in one dispatch.
#pragma once

#include <initializer_list>

#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/accelerator.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// A matrix and the destination of its product.
struct Product {
  const PackedMatrix* matrix;
  Rows out;
};

/// Returns `tokens` rows of activations, quantized into `room` for integer matrices.
[[nodiscard]] Activations quantize_rows(const KernelSet& kernels, const Rows& x,
                                        std::uint32_t columns, std::uint32_t tokens,
                                        const QuantizedRows& room) noexcept;

/// Computes all products. The panels of 16 output rows of all matrices together are divided among
/// the threads of the team, so that q, k and v (or gate and up) need one dispatch. If there are
/// several tokens, each product is first offered to `accelerator`.
void multiply(const KernelSet& kernels, const Team& team, const Accelerator& accelerator,
              const Activations& x, std::initializer_list<Product> products) noexcept;

}  // namespace ringlet

// Matrix products of one set of activations with several matrices in one dispatch.
#pragma once

#include <initializer_list>

#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/accelerator.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// One matrix to multiply with and where its output goes.
struct Product {
  const PackedMatrix* matrix;
  Rows out;
};

/// Activations of `tokens` rows, quantized into `room` for integer matrices.
[[nodiscard]] Activations quantize_rows(const KernelSet& kernels, const Rows& x,
                                        std::uint32_t columns, std::uint32_t tokens,
                                        const QuantizedRows& room) noexcept;

/// Computes all products; the panels of 16 output rows of all matrices together are divided among
/// the lanes of the team, so that q, k and v (or gate and up) cost one dispatch. Of several tokens
/// `accelerator` computes those products that it takes, one after the other.
void multiply(const KernelSet& kernels, const Team& team, const Accelerator& accelerator,
              const Activations& x, std::initializer_list<Product> products) noexcept;

}  // namespace ringlet

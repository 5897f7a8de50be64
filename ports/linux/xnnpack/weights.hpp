// Rows of a matrix of the model file in the forms that XNNPACK's operators take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/kernel_set.hpp"
#include "xnnpack/operators.hpp"

namespace ringlet::port {

/// Room that the forms of so many rows take while an operator is created.
[[nodiscard]] std::uint64_t form_bytes(OperatorKind kind, std::uint64_t rows,
                                       std::uint64_t columns) noexcept;

/// Writes the rows [row_begin, row_end) into `room`, aligned to 64 and of form_bytes(), and returns
/// where they are.
///
/// floats: exactly the values of the file. int8: requantized with one scale for each row.
[[nodiscard]] OperatorWeights form_weights(OperatorKind kind, const PackedMatrix& matrix,
                                           std::uint32_t row_begin, std::uint32_t row_end,
                                           const KernelSet& kernels,
                                           std::span<std::byte> room) noexcept;

}  // namespace ringlet::port

// Converts rows of a matrix in the model file to the forms that XNNPACK's operators take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/kernel_set.hpp"
#include "xnnpack/operators.hpp"

namespace ringlet::port {

/// Bytes of temporary room for this many rows while an operator is created.
[[nodiscard]] std::uint64_t form_bytes(OperatorKind kind, std::uint64_t rows,
                                       std::uint64_t columns) noexcept;

/// Writes rows [row_begin, row_end) into `room`, which must be aligned to 64 and hold form_bytes(),
/// and returns their addresses.
///
/// floats: exactly the values of the file. int8: requantized with one scale per row.
[[nodiscard]] OperatorWeights form_weights(OperatorKind kind, const PackedMatrix& matrix,
                                           std::uint32_t row_begin, std::uint32_t row_end,
                                           const KernelSet& kernels,
                                           std::span<std::byte> room) noexcept;

}  // namespace ringlet::port

// One interface to XNNPACK's fully-connected operators for two generations of the library: 2022
// (create, set up, run) and 2024 (create, reshape, set up, run). The latter also multiplies INT8
// weights with dynamically quantized activations.
#pragma once

#include <xnnpack.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/packed_matrix.hpp"

namespace ringlet::port {

/// The arithmetic of an operator.
enum class OperatorKind : std::uint8_t {
  floats,  // weights and activations in float32
  int8,    // INT8 weights with a scale per row, INT8 activations with one per token
};

/// The operator for a matrix format in this version of the library.
[[nodiscard]] OperatorKind operator_kind(MatrixFormat format) noexcept;

/// The number of rows that kernels process together on any processor. An operator with a multiple
/// of it has no padding.
#if RINGLET_XNNPACK_GENERATION >= 2024
inline constexpr std::uint32_t rows_together = 64;
#else
inline constexpr std::uint32_t rows_together = 16;
#endif

/// y_t[n] = Σ_k W[n][k] · x_t[k]. Sizes and strides are in elements.
struct OperatorShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t x_stride = 0;
  std::size_t y_stride = 0;
};

/// Rows of weights in the form that an operator takes.
struct OperatorWeights {
  const float* floats = nullptr;      // rows × columns
  const std::int8_t* int8 = nullptr;  // rows × columns
  const float* row_scales = nullptr;  // rows
};

/// Initializes the library for this process with the allocator of sealed_area.hpp.
[[nodiscard]] xnn_status initialize_xnnpack() noexcept;

/// Creates an operator with a packed copy of the weights. An area must be lent. Returns null if the
/// library refuses or the area is too small.
[[nodiscard]] xnn_operator_t create_operator(OperatorKind kind, const OperatorShape& shape,
                                             const OperatorWeights& weights) noexcept;

/// Upper bound of the bytes that create_operator takes from the area, on any processor.
[[nodiscard]] std::uint64_t operator_bytes(OperatorKind kind, std::uint64_t rows,
                                           std::uint64_t columns) noexcept;

/// The activations of one token are scale · (code − zero_point).
struct TokenScale {
  std::int32_t zero_point = 0;
  float scale = 0;
};

/// Activations of the tokens: floats, or codes with a scale per token.
struct OperatorInput {
  const float* floats = nullptr;
  const std::int8_t* codes = nullptr;
  const TokenScale* scales = nullptr;  // and `spare_scales` more, all equal to the last token's
};
inline constexpr std::size_t spare_scales = 16;
/// The library can read this many bytes past the last activation.
inline constexpr std::size_t spare_bytes = 128;

/// Computes the operator's rows of y in this thread. Only one thread at a time can run an operator.
/// Allocates nothing. Returns false if the library fails.
[[nodiscard]] bool run_operator(OperatorKind kind, xnn_operator_t op, std::size_t tokens,
                                const OperatorInput& x, float* y) noexcept;

}  // namespace ringlet::port

// XNNPACK's fully-connected operators under one face for the two generations of its interface:
// that of 2022 (create, set up, run) and that of 2024 (create, reshape, set up, run), which also
// multiplies INT8 weights with activations that are quantized on the way.
#pragma once

#include <xnnpack.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/views.hpp"

namespace ringlet::port {

/// The arithmetic of an operator.
enum class OperatorKind : std::uint8_t {
  floats,  // weights and activations in float32
  int8,    // INT8 weights with a scale for each row, INT8 activations with one for each token
};

/// What multiplies a matrix in this version of the library.
[[nodiscard]] OperatorKind operator_kind(MatrixFormat format) noexcept;

/// Rows that the library's kernels take together on any processor: an operator of a multiple of
/// that has no padding.
#if RINGLET_XNNPACK_GENERATION >= 2024
inline constexpr std::uint32_t rows_together = 64;
#else
inline constexpr std::uint32_t rows_together = 16;
#endif

/// y_t[n] = Σ_k W[n][k] · x_t[k]: sizes and distances in elements.
struct OperatorShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t x_stride = 0;
  std::size_t y_stride = 0;
};

/// Rows of weights as an operator of some kind takes them.
struct OperatorWeights {
  const float* floats = nullptr;      // rows × columns
  const std::int8_t* int8 = nullptr;  // rows × columns
  const float* row_scales = nullptr;  // rows
};

/// Readies the library for this process with the allocator of sealed_area.hpp.
[[nodiscard]] xnn_status initialize_xnnpack() noexcept;

/// Packs a copy of the weights. Null where the library refuses or its memory does not suffice; it
/// must be lent an area.
[[nodiscard]] xnn_operator_t create_operator(OperatorKind kind, const OperatorShape& shape,
                                             const OperatorWeights& weights) noexcept;

/// At most what create_operator takes from the area, on any processor.
[[nodiscard]] std::uint64_t operator_bytes(OperatorKind kind, std::uint64_t rows,
                                           std::uint64_t columns) noexcept;

/// One token's activations are scale · (code − zero_point).
struct TokenScale {
  std::int32_t zero_point = 0;
  float scale = 0;
};

/// Activations of the tokens: floats, or codes with a scale for each token.
struct OperatorInput {
  const float* floats = nullptr;
  const std::int8_t* codes = nullptr;
  const TokenScale* scales = nullptr;  // and `spare_scales` more, all of them as the last token's
};
inline constexpr std::size_t spare_scales = 16;
/// The library may read that many bytes past the last activation.
inline constexpr std::size_t spare_bytes = 128;

/// Computes the rows of y that are the operator's, in this thread. One thread at a time for each
/// operator. Allocates nothing; false where the library fails.
[[nodiscard]] bool run_operator(OperatorKind kind, xnn_operator_t op, std::size_t tokens,
                                const OperatorInput& x, float* y) noexcept;

}  // namespace ringlet::port

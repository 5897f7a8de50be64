#include "xnnpack/operators.hpp"

#include <limits>

#include "xnnpack/rounding.hpp"
#include "xnnpack/sealed_area.hpp"

namespace ringlet::port {
namespace {

constexpr float unlimited = std::numeric_limits<float>::infinity();

constexpr std::uint64_t most_columns_together = 32;  // the maximum of all processors' kernels
constexpr std::uint64_t most_of_an_operator = 4096;

}  // namespace

xnn_status initialize_xnnpack() noexcept { return xnn_initialize(&LendArea::allocator()); }

std::uint64_t operator_bytes(OperatorKind kind, std::uint64_t rows,
                             std::uint64_t columns) noexcept {
  const std::uint64_t n = rounded_up(rows, rows_together);
  const std::uint64_t k = rounded_up(columns, most_columns_together);
  // After the codes: scales, sums of rows, a bias.
  std::uint64_t weights = n * (4 * k + 4);
  if (kind == OperatorKind::int8) weights = n * (k + 12);
  return most_of_an_operator + in_lines(weights) + 128;
}

#if RINGLET_XNNPACK_GENERATION >= 2024

OperatorKind operator_kind(MatrixFormat format) noexcept {
  return is_integer(format) ? OperatorKind::int8 : OperatorKind::floats;
}

xnn_operator_t create_operator(OperatorKind kind, const OperatorShape& shape,
                               const OperatorWeights& weights) noexcept {
  xnn_operator_t op = nullptr;
  const auto [rows, columns, x_stride, y_stride] = shape;
  xnn_status status = xnn_status_unsupported_parameter;
  switch (kind) {
    case OperatorKind::floats:
      status = xnn_create_fully_connected_nc_f32(columns, rows, x_stride, y_stride, weights.floats,
                                                 nullptr, -unlimited, unlimited, 0, nullptr,
                                                 nullptr, &op);
      break;
    case OperatorKind::int8:
      status = xnn_create_fully_connected_nc_qd8_f32_qc8w(
          columns, rows, x_stride, y_stride, weights.row_scales, weights.int8, nullptr, -unlimited,
          unlimited, 0, nullptr, nullptr, &op);
      break;
  }
  return status == xnn_status_success ? op : nullptr;
}

bool run_operator(OperatorKind kind, xnn_operator_t op, std::size_t tokens, const OperatorInput& x,
                  float* y) noexcept {
  static_assert(sizeof(TokenScale) == sizeof(xnn_quantization_params));
  const auto* scales = reinterpret_cast<const xnn_quantization_params*>(x.scales);
  xnn_status status = xnn_status_unsupported_parameter;
  switch (kind) {
    case OperatorKind::floats:
      status = xnn_reshape_fully_connected_nc_f32(op, tokens, nullptr);
      if (status == xnn_status_success) status = xnn_setup_fully_connected_nc_f32(op, x.floats, y);
      break;
    case OperatorKind::int8:
      status = xnn_reshape_fully_connected_nc_qd8_f32_qc8w(op, tokens, nullptr);
      if (status == xnn_status_success)
        status = xnn_setup_fully_connected_nc_qd8_f32_qc8w(op, x.codes, y, scales);
      break;
  }
  return status == xnn_status_success && xnn_run_operator(op, nullptr) == xnn_status_success;
}

#else

OperatorKind operator_kind(MatrixFormat) noexcept { return OperatorKind::floats; }

xnn_operator_t create_operator(OperatorKind, const OperatorShape& shape,
                               const OperatorWeights& weights) noexcept {
  xnn_operator_t op = nullptr;
  const xnn_status status =
      xnn_create_fully_connected_nc_f32(shape.columns, shape.rows, shape.x_stride, shape.y_stride,
                                        weights.floats, nullptr, -unlimited, unlimited, 0, &op);
  return status == xnn_status_success ? op : nullptr;
}

bool run_operator(OperatorKind, xnn_operator_t op, std::size_t tokens, const OperatorInput& x,
                  float* y) noexcept {
  return xnn_setup_fully_connected_nc_f32(op, tokens, x.floats, y, nullptr) == xnn_status_success &&
         xnn_run_operator(op, nullptr) == xnn_status_success;
}

#endif

}  // namespace ringlet::port

#include "xnnpack/weights.hpp"

#include "kernels/packed_layout.hpp"
#include "xnnpack/rounding.hpp"

namespace ringlet::port {
namespace {

/// Takes arrays from the front of the room.
class Cutter {
 public:
  explicit Cutter(std::span<std::byte> room) noexcept : room_(room) {}
  template <typename T>
  T* array(std::uint64_t count) noexcept {
    auto* first = reinterpret_cast<T*>(room_.data());
    room_ = room_.subspan(static_cast<std::size_t>(in_lines(count * sizeof(T))));
    return first;
  }

 private:
  std::span<std::byte> room_;
};

OperatorWeights form_floats(const PackedMatrix& matrix, std::uint32_t row_begin,
                            std::uint32_t row_end, const KernelSet& kernels, Cutter cut) noexcept {
  auto* floats = cut.array<float>(std::uint64_t{row_end - row_begin} * matrix.columns);
  for (std::size_t row = row_begin; row < row_end; ++row) {
    kernels.dequantize_row(matrix, row, floats + (row - row_begin) * matrix.columns);
  }
  return {.floats = floats};
}

OperatorWeights form_int8(const PackedMatrix& matrix, std::uint32_t row_begin,
                          std::uint32_t row_end, const KernelSet& kernels, Cutter cut) noexcept {
  const std::uint64_t rows = row_end - row_begin;
  auto* codes = cut.array<std::int8_t>(rows * matrix.columns + packed::group_size);
  auto* scales = cut.array<float>(rows);
  auto* floats = cut.array<float>(matrix.columns);
  for (std::size_t row = row_begin; row < row_end; ++row) {
    kernels.dequantize_row(matrix, row, floats);
    float& scale = scales[row - row_begin];
    // The padding of a row to whole groups is overwritten by the next row.
    kernels.quantize_query(floats, matrix.columns, 1.0F, codes + (row - row_begin) * matrix.columns,
                           &scale);
    if (scale == 0) scale = 1;  // the library needs a positive scale, even for zeros
  }
  return {.int8 = codes, .row_scales = scales};
}

}  // namespace

std::uint64_t form_bytes(OperatorKind kind, std::uint64_t rows, std::uint64_t columns) noexcept {
  switch (kind) {
    case OperatorKind::floats:
      return in_lines(rows * columns * 4);
    case OperatorKind::int8:
      return in_lines(rows * columns + packed::group_size) + in_lines(rows * 4) +
             in_lines(columns * 4);
  }
  return 0;
}

OperatorWeights form_weights(OperatorKind kind, const PackedMatrix& matrix, std::uint32_t row_begin,
                             std::uint32_t row_end, const KernelSet& kernels,
                             std::span<std::byte> room) noexcept {
  switch (kind) {
    case OperatorKind::floats:
      return form_floats(matrix, row_begin, row_end, kernels, Cutter(room));
    case OperatorKind::int8:
      return form_int8(matrix, row_begin, row_end, kernels, Cutter(room));
  }
  return {};
}

}  // namespace ringlet::port

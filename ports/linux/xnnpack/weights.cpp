#include "xnnpack/weights.hpp"

#include <algorithm>
#include <bit>

#include "kernels/packed_layout.hpp"
#include "numerics/half.hpp"

namespace ringlet::port {
namespace {

constexpr std::uint64_t in_lines(std::uint64_t bytes) { return (bytes + 63) / 64 * 64; }

/// Cuts arrays from the front of the room.
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

/// Finite and not negative, to nearest even.
std::uint16_t to_bfloat16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

/// A group of 32 codes as 16 bytes, and its scale.
std::uint16_t form_group(const PackedMatrix& matrix, std::size_t row, std::size_t group,
                         std::uint8_t* out) noexcept {
  const std::size_t groups = packed::groups(std::size_t{matrix.columns});
  const float scale = half_to_float(matrix.scales[packed::scale_index(row, group, groups)]);
  const std::uint8_t* block =
      matrix.codes +
      packed::block(row / packed::panel_rows, group, groups) * packed::int4_panel_bytes;
  const auto code = [&](std::size_t kk) {
    const std::uint8_t both = block[packed::int4_byte(row % packed::panel_rows, kk)];
    const unsigned stored = kk < 16 ? both & 15U : both >> 4U;
    // The opposite of q + 8 is 16 − (q + 8), which for q = −8 is too large by one.
    return scale < 0 ? std::min(15U, 16U - stored) : stored;
  };
  for (std::size_t i = 0; i < packed::group_size / 2; ++i) {
    // A scale of zero stands for zeros, but the library wants one above it.
    const unsigned both = scale == 0 ? 0x88U : code(2 * i) | code(2 * i + 1) << 4U;
    out[i] = static_cast<std::uint8_t>(both);
  }
  return to_bfloat16(scale == 0 ? 1.0F : std::max(scale, -scale));
}

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
    // What pads a row to whole groups is where the next row goes.
    kernels.quantize_query(floats, matrix.columns, 1.0F, codes + (row - row_begin) * matrix.columns,
                           &scale);
    if (scale == 0) scale = 1;  // the library wants one above zero, also of zeros
  }
  return {.int8 = codes, .row_scales = scales};
}

OperatorWeights form_int4(const PackedMatrix& matrix, std::uint32_t row_begin,
                          std::uint32_t row_end, Cutter cut) noexcept {
  const std::uint64_t groups = matrix.columns / packed::group_size;
  const std::uint64_t rows = row_end - row_begin;
  auto* codes = cut.array<std::uint8_t>(rows * groups * (packed::group_size / 2));
  auto* scales = cut.array<std::uint16_t>(rows * groups);
  for (std::size_t row = row_begin; row < row_end; ++row) {
    for (std::size_t group = 0; group < groups; ++group) {
      const auto i = static_cast<std::size_t>((row - row_begin) * groups + group);
      scales[i] = form_group(matrix, row, group, codes + i * (packed::group_size / 2));
    }
  }
  return {.int4 = codes, .block_scales = scales};
}

}  // namespace

std::uint64_t form_bytes(OperatorKind kind, std::uint64_t rows, std::uint64_t columns) noexcept {
  switch (kind) {
    case OperatorKind::floats:
      return in_lines(rows * columns * 4);
    case OperatorKind::int8:
      return in_lines(rows * columns + packed::group_size) + in_lines(rows * 4) +
             in_lines(columns * 4);
    case OperatorKind::int4:
      return in_lines(rows * columns / 2) + in_lines(rows * columns / packed::group_size * 2);
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
    case OperatorKind::int4:
      return form_int4(matrix, row_begin, row_end, Cutter(room));
  }
  return {};
}

}  // namespace ringlet::port

#include "calibrate/stored_row.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "numerics/half.hpp"
#include "quantize/quantize.hpp"

namespace ringlet::convert {
namespace {

MatrixFormat numbers_of(MatrixFormat format) {
  if (format == MatrixFormat::int8_rows) return MatrixFormat::int8;
  return format == MatrixFormat::int4_rows ? MatrixFormat::int4 : format;
}

QuantizedGroup stored_group(const SourceMatrix& matrix, MatrixFormat format, std::uint32_t row,
                            std::uint32_t group, GroupWeights weights) {
  if (matrix.stored_as == format) {
    const std::optional<QuantizedGroup> kept = matrix.read_group(row, group);
    if (kept) return *kept;
  }
  return format == MatrixFormat::int4 ? quantize_int4(weights) : quantize_int8(weights);
}

}  // namespace

void round_row(const SourceMatrix& matrix, MatrixFormat format, std::uint32_t row,
               std::span<float> values, std::uint32_t first) {
  const MatrixFormat numbers = numbers_of(format);
  if (numbers == MatrixFormat::f32) return;
  if (numbers == MatrixFormat::f16) {
    for (float& value : values) value = half_to_float(float_to_half(value));
    return;
  }
  for (std::size_t begin = 0; begin < values.size(); begin += packed::group_size) {
    const std::size_t count = std::min<std::size_t>(packed::group_size, values.size() - begin);
    std::array<float, packed::group_size> weights{};
    std::copy_n(values.data() + begin, count, weights.data());
    const auto group = static_cast<std::uint32_t>((first + begin) / packed::group_size);
    const QuantizedGroup stored = stored_group(matrix, numbers, row, group, weights);
    const float scale = half_to_float(stored.scale);
    for (std::size_t i = 0; i < count; ++i) {
      values[begin + i] = scale * static_cast<float>(stored.codes[i]);
    }
  }
}

}  // namespace ringlet::convert

#include "calibrate/embed_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "numerics/half.hpp"
#include "quantize/quantize.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// Some group of a row as the file will have it.
QuantizedGroup stored_group(const SourceMatrix& matrix, MatrixFormat format, std::uint32_t row,
                            std::uint32_t group, GroupWeights weights) {
  if (matrix.stored_as == format) {
    const std::optional<QuantizedGroup> kept = matrix.read_group(row, group);
    if (kept) return *kept;
  }
  return format == MatrixFormat::int4 ? quantize_int4(weights) : quantize_int8(weights);
}

/// Replaces a row of a matrix by what its format stores.
void round_row(const SourceMatrix& matrix, MatrixFormat format, std::uint32_t row,
               std::span<float> values) {
  if (format == MatrixFormat::f32) return;
  if (format == MatrixFormat::f16) {
    for (float& value : values) value = half_to_float(float_to_half(value));
    return;
  }
  for (std::size_t first = 0; first < values.size(); first += packed::group_size) {
    const std::size_t count = std::min<std::size_t>(packed::group_size, values.size() - first);
    std::array<float, packed::group_size> weights{};
    std::copy_n(values.data() + first, count, weights.data());
    const QuantizedGroup stored = stored_group(
        matrix, format, row, static_cast<std::uint32_t>(first / packed::group_size), weights);
    const float scale = half_to_float(stored.scale);
    for (std::size_t i = 0; i < count; ++i) {
      values[first + i] = scale * static_cast<float>(stored.codes[i]);
    }
  }
}

/// A row of a matrix as the source and as the file have it.
class RowPair {
 public:
  RowPair(const SourceMatrix& matrix, const WriteOptions& formats)
      : matrix_(matrix),
        format_(formats.format_of(TensorClass::embedding, matrix)),
        exact(matrix.columns),
        rounded(matrix.columns) {}

  void read(std::uint32_t row) {
    if (row >= matrix_.rows) {
      fail(matrix_.name, " has ", matrix_.rows, " rows, but the calibration text needs row ", row);
    }
    matrix_.read_row(row, exact);
    rounded = exact;
    round_row(matrix_, format_, row, rounded);
  }

 private:
  const SourceMatrix& matrix_;
  MatrixFormat format_;

 public:
  std::vector<float> exact;
  std::vector<float> rounded;
};

}  // namespace

void embed_text(const SourceModel& source, const WriteOptions& formats,
                const CalibrationText& text, const RowFile& exact, const RowFile& quantized) {
  RowPair embedding(source.embedding, formats);
  std::optional<RowPair> learned;
  if (source.positions) learned.emplace(*source.positions, formats);
  const float scale = source.architecture.embedding_scale;
  std::size_t row = 0;
  for (const std::uint32_t window : text.windows) {
    for (std::uint32_t position = 0; position < window; ++position, ++row) {
      embedding.read(static_cast<std::uint32_t>(text.tokens[row]));
      for (float& value : embedding.exact) value *= scale;
      for (float& value : embedding.rounded) value *= scale;
      if (learned) {
        learned->read(position);
        for (std::size_t i = 0; i < embedding.exact.size(); ++i) {
          embedding.exact[i] += learned->exact[i];
          embedding.rounded[i] += learned->rounded[i];
        }
      }
      exact.write(row, embedding.exact);
      quantized.write(row, embedding.rounded);
    }
  }
}

}  // namespace ringlet::convert

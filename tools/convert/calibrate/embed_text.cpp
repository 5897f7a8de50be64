#include "calibrate/embed_text.hpp"

#include <optional>
#include <vector>

#include "calibrate/stored_row.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// A row of a matrix as the source and as the file have it.
struct RowPair {
  RowPair(const SourceMatrix& matrix, const WriteOptions& formats)
      : source(matrix),
        format(formats.format_of(TensorClass::embedding, matrix)),
        exact(matrix.columns),
        rounded(matrix.columns) {}

  void read(std::uint32_t row) {
    if (row >= source.rows) {
      fail(source.name, " has ", source.rows, " rows, but the calibration text needs row ", row);
    }
    source.read_row(row, exact);
    rounded = exact;
    round_row(source, format, row, rounded);
  }

  const SourceMatrix& source;
  MatrixFormat format;
  std::vector<float> exact;
  std::vector<float> rounded;
};

}  // namespace

void embed_text(const SourceModel& source, const WriteOptions& formats, const CalibrationText& text,
                const RowFile& exact, const RowFile& quantized) {
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

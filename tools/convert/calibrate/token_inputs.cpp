#include "calibrate/token_inputs.hpp"

#include <algorithm>

#include "calibrate/embed_text.hpp"
#include "calibrate/float_product.hpp"
#include "calibrate/stored_row.hpp"
#include "ringlet/linux/kernels.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t chunk = 256;  // tokens

}  // namespace

TokenInputs::TokenInputs(const SourceModel& source, const WriteOptions& formats,
                         const CalibrationText& text, const std::filesystem::path& folder)
    : source_(source),
      formats_(formats),
      text_(text),
      width_(source.architecture.per_layer_dim),
      file_(folder),
      table_row_(source.per_layer_embedding->columns) {
  const std::size_t dim = source.architecture.dim;
  const std::uint64_t embedded = std::uint64_t{text.tokens.size()} * dim * sizeof(float);
  const std::uint64_t rows = std::uint64_t{text.tokens.size()} * width_ * sizeof(float);
  embedded_exact_ = {file_.descriptor(), 0, dim};
  embedded_quantized_ = {file_.descriptor(), embedded, dim};
  exact_ = {file_.descriptor(), 2 * embedded, width_};
  quantized_ = {file_.descriptor(), 2 * embedded + rows, width_};
  embed_text(source, formats, text, embedded_exact_, embedded_quantized_);
}

void TokenInputs::prepare(std::uint32_t layer) {
  write_rows(layer, false, embedded_exact_, exact_);
  write_rows(layer, true, embedded_quantized_, quantized_);
}

std::vector<float> TokenInputs::projection(std::uint32_t layer, bool rounded) const {
  const SourceMatrix& matrix = *source_.per_layer_projection;
  const MatrixFormat format = formats_.format_of(TensorClass::embedding, matrix);
  std::vector<float> rows(std::size_t{width_} * matrix.columns);
  for (std::uint32_t i = 0; i < width_; ++i) {
    const std::span<float> row =
        std::span(rows).subspan(std::size_t{i} * matrix.columns, matrix.columns);
    matrix.read_row(layer * width_ + i, row);
    if (rounded) round_row(matrix, format, layer * width_ + i, row);
  }
  return rows;
}

void TokenInputs::add_table_row(std::uint32_t layer, bool rounded, TokenId token, float* row) {
  const SourceMatrix& table = *source_.per_layer_embedding;
  table.read_row(static_cast<std::uint32_t>(token), table_row_);
  const std::uint32_t begin = layer * width_;
  if (rounded) {
    const std::uint32_t first = begin / packed::group_size * packed::group_size;
    const std::uint32_t end =
        std::min<std::uint32_t>(table.columns, packed::padded_columns(begin + width_));
    round_row(table, formats_.format_of(TensorClass::tables, table),
              static_cast<std::uint32_t>(token), std::span(table_row_).subspan(first, end - first),
              first);
  }
  for (std::uint32_t i = 0; i < width_; ++i) {
    row[i] += table_row_[begin + i] * source_.per_layer_scale;
  }
}

void TokenInputs::write_rows(std::uint32_t layer, bool rounded, const RowFile& embedded,
                             const RowFile& to) {
  const std::vector<float> weights = projection(layer, rounded);
  const std::size_t dim = embedded.columns();
  const PackedMatrix matrix{.codes = reinterpret_cast<const std::uint8_t*>(weights.data()),
                            .scales = nullptr,
                            .rows = width_,
                            .columns = static_cast<std::uint32_t>(dim),
                            .format = MatrixFormat::f32};
  const KernelSet& kernels = port::find_kernels("auto");
  const std::size_t stride = packed::padded_rows(std::size_t{width_});
  std::vector<float> padded(chunk * stride);
  for (std::size_t first = 0; first < text_.tokens.size(); first += chunk) {
    const std::size_t tokens = std::min(chunk, text_.tokens.size() - first);
    std::vector<float> inputs(tokens * dim);
    embedded.read(first, inputs);
    const Activations x{.floats = inputs.data(),
                        .quantized = {},
                        .tokens = static_cast<std::uint32_t>(tokens),
                        .float_stride = static_cast<std::uint32_t>(dim)};
    multiply_blocked(matrix, x, padded.data(), stride, 0, width_);
    std::vector<float> rows(tokens * width_);
    for (std::size_t t = 0; t < tokens; ++t) {
      float* row = rows.data() + t * width_;
      kernels.rms_norm(padded.data() + t * stride, source_.per_layer_norm->values.data(), row,
                       width_, source_.per_layer_epsilon);
      add_table_row(layer, rounded, text_.tokens[first + t], row);
    }
    to.write(first, rows);
  }
}

}  // namespace ringlet::convert

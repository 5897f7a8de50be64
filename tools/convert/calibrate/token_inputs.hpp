// Inputs that a token brings for each layer, beside its embedding (Gemma 4).
#pragma once

#include <cstdint>
#include <filesystem>

#include "calibrate/calibration_text.hpp"
#include "calibrate/row_file.hpp"
#include "source/source_model.hpp"
#include "write/unnamed_file.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// Computes them for one layer at a time, as Decoder::prepare_layer_inputs does.
class TokenInputs {
 public:
  /// The arguments must outlive the object, and the source has such inputs.
  TokenInputs(const SourceModel& source, const WriteOptions& formats, const CalibrationText& text,
              const std::filesystem::path& folder);

  /// Computes both rows of every token.
  void prepare(std::uint32_t layer);

  /// The rows of the layer that was prepared, by the source's weights and by those of the file.
  [[nodiscard]] const RowFile& exact() const { return exact_; }
  [[nodiscard]] const RowFile& quantized() const { return quantized_; }

 private:
  void write_rows(std::uint32_t layer, bool rounded, const RowFile& embedded, const RowFile& to);
  [[nodiscard]] std::vector<float> projection(std::uint32_t layer, bool rounded) const;
  void add_table_row(std::uint32_t layer, bool rounded, TokenId token, float* row);

  const SourceModel& source_;
  const WriteOptions& formats_;
  const CalibrationText& text_;
  std::uint32_t width_;
  UnnamedFile file_;
  RowFile embedded_exact_, embedded_quantized_;
  RowFile exact_, quantized_;
  std::vector<float> table_row_;
};

}  // namespace ringlet::convert

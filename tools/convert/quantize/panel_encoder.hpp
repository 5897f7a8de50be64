// Encodes a source matrix, panel by panel, into the bytes of its planes (layout:
// kernels/packed_layout.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quantize/quantize.hpp"
#include "ringlet/formats.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Encodes 16 rows at a time, so that memory is that of one panel for any size of matrix. Matrices
/// in f32 and f16, and tables by rows, are encoded in the same way, as rows without padding.
class PanelEncoder {
 public:
  /// `matrix` must outlive the encoder.
  PanelEncoder(const SourceMatrix& matrix, MatrixFormat format);

  [[nodiscard]] std::uint32_t panel_count() const;

  /// Reads and encodes a panel. Throws std::runtime_error with tensor, row and column of a weight
  /// that is not finite or too large for the format.
  void encode(std::uint32_t panel);

  /// The panel's part of the code plane and of the scale plane (empty for floats). Valid until the
  /// next encode().
  [[nodiscard]] std::span<const std::byte> codes() const { return codes_; }
  [[nodiscard]] std::span<const std::byte> scales() const { return scales_; }

  /// rms(w − stored w) / rms(w) over the panels so far; 0 for a matrix of zeros.
  [[nodiscard]] double relative_error() const;

 private:
  void read_row(std::uint32_t row);
  void check_row(std::uint32_t row) const;
  void encode_halves(std::uint32_t first_row, std::uint32_t rows);
  void encode_packed(std::uint32_t first_row, std::uint32_t rows);
  void place_group(std::uint32_t row, std::size_t group, const QuantizedGroup& quantized);
  [[nodiscard]] std::vector<QuantizedGroup> quantize(std::uint32_t row);
  void normalize_importance(const std::vector<float>& importance);

  const SourceMatrix& matrix_;
  MatrixFormat format_;  // the numbers; by_rows_ says where they go
  bool by_rows_;
  std::vector<float> row_;         // padded with zeros to whole groups
  std::vector<float> importance_;  // of each column, as long as row_
  std::vector<float> factor_;      // empty: errors are not compensated
  std::vector<std::byte> codes_;
  std::vector<std::byte> scales_;
  double squared_error_ = 0;
  double squared_weights_ = 0;
};

}  // namespace ringlet::convert

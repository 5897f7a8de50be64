// Encodes a source matrix, panel by panel, into the bytes of its planes (layout:
// kernels/packed_layout.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "quantize/quantize.hpp"
#include "ringlet/formats.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// 16 rows of a matrix on their way from the source to the file.
struct Panel {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  std::vector<float> weights;  // each row padded with zeros to whole groups
  /// The groups that the source has in this format, row by row; empty if it has another.
  std::vector<std::optional<QuantizedGroup>> stored;
  /// The panel's part of the code plane and of the scale plane (empty for floats).
  std::vector<std::byte> codes;
  std::vector<std::byte> scales;
  std::vector<double> squared_errors;  // of each group, or of each f16; in order
};

/// Encodes 16 rows at a time, so that memory is that of one panel for any size of matrix. Matrices
/// in f32 and f16, and tables by rows, are encoded in the same way, as rows without padding.
///
/// A panel is read, encoded and added. Panels are read and added in order, by one thread at a time.
/// Threads can encode different panels at once. Results do not depend on the number of threads.
class PanelEncoder {
 public:
  /// `matrix` must outlive the encoder.
  PanelEncoder(const SourceMatrix& matrix, MatrixFormat format);

  [[nodiscard]] std::uint32_t panel_count() const;

  /// Reads a panel from the source. Throws std::runtime_error with tensor, row and column of a
  /// weight that is not finite or too large for the format.
  void read(std::uint32_t number, Panel& panel);

  /// Fills in codes, scales and errors. Overwrites the weights.
  void encode(Panel& panel) const;

  /// Counts the errors of an encoded panel.
  void add(const Panel& panel);

  /// rms(w − stored w) / rms(w) over the panels that were added; 0 for a matrix of zeros.
  [[nodiscard]] double relative_error() const;

 private:
  [[nodiscard]] std::span<float> row_of(Panel& panel, std::uint32_t row) const;
  void check_row(std::uint32_t row, std::span<const float> weights) const;
  void encode_halves(Panel& panel) const;
  void encode_packed(Panel& panel) const;
  void place_group(Panel& panel, std::uint32_t row, std::size_t group,
                   const QuantizedGroup& quantized) const;
  [[nodiscard]] std::vector<QuantizedGroup> quantize(Panel& panel, std::uint32_t row) const;

  const SourceMatrix& matrix_;
  MatrixFormat format_;  // the numbers; by_rows_ says where they go
  bool by_rows_;
  std::size_t padded_columns_;
  double squared_error_ = 0;
  double squared_weights_ = 0;
};

}  // namespace ringlet::convert

// What the calibration keeps of a text: sums over the inputs that a matrix gets in the float model
// and in the model quantized so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calibrate/cholesky.hpp"
#include "calibrate/row_file.hpp"
#include "calibrate/workers.hpp"

namespace ringlet::convert {

/// The inputs of a matrix over a text, one row per token.
struct PairedInputs {
  RowFile exact;      // X: of the float model
  RowFile quantized;  // X̃: of the quantized model
  std::size_t tokens;
};

/// Columns [begin, begin + count) of a matrix.
struct Columns {
  std::size_t begin;
  std::size_t count;
};

/// Divides the columns of a matrix into blocks of at most 4,096, in whole groups, which are
/// calibrated one after the other to bound memory.
[[nodiscard]] std::vector<Columns> column_blocks(std::size_t columns);

/// Sums over the tokens, for n columns, padded to a multiple of panel_lanes.
struct InputGram {
  explicit InputGram(std::size_t n)
      : columns(n), squares(padded_size(n)), shifts(squares.size * squares.size, 0.0) {}

  /// The panel of rows [panel_lanes · i, panel_lanes · (i + 1)) of the shifts: element k of a lane
  /// is the one in column k.
  [[nodiscard]] double* shift_panel(std::size_t i) {
    return shifts.data() + i * panel_lanes * squares.size;
  }

  /// The mean of the diagonal of X̃ᵀX̃; 1 if all inputs are zero.
  [[nodiscard]] double mean_diagonal() const;

  std::size_t columns;
  SquareMatrix squares;        // X̃ᵀX̃
  std::vector<double> shifts;  // (X − X̃)ᵀX̃, in panels
};

/// Sums in float over 256 tokens at a time and in double over these sums, so that the result does
/// not depend on the threads.
[[nodiscard]] InputGram gram_of(Workers& workers, const PairedInputs& inputs, Columns columns);

}  // namespace ringlet::convert

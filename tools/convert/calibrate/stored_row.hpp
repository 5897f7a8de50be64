// What a format stores of a row of a matrix.
#pragma once

#include <cstdint>
#include <span>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Replaces values of a row, from column `first` on, by those of the final file. `first` and the
/// end are at the limits of groups, or the end is that of the row.
void round_row(const SourceMatrix& matrix, MatrixFormat format, std::uint32_t row,
               std::span<float> values, std::uint32_t first = 0);

}  // namespace ringlet::convert

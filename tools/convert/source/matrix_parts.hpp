// Tensors that are parts of stored ones, or more than these.
#pragma once

#include <cstdint>
#include <functional>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Rows [first, first + rows) of a matrix that consists of several stacked ones.
SourceMatrix rows_of(const SourceMatrix& matrix, std::uint32_t first, std::uint32_t rows);

/// The rows of `first`, then those of `second`.
SourceMatrix stacked(SourceMatrix first, SourceMatrix second);

/// A matrix whose column i is column source_column(i).
SourceMatrix select_columns(SourceMatrix matrix,
                            const std::function<std::uint32_t(std::uint32_t)>& source_column);

SourceVector part_of(const SourceVector& vector, std::uint32_t first, std::uint32_t length);

/// Heads of `stored` rows each, filled up with rows of zeros to `padded`: they add nothing to a
/// product of queries and keys.
SourceMatrix pad_head_rows(SourceMatrix matrix, std::uint32_t stored, std::uint32_t padded);

/// The same for columns, which meet the zeros of padded values.
SourceMatrix pad_head_columns(SourceMatrix matrix, std::uint32_t stored, std::uint32_t padded);

}  // namespace ringlet::convert

// The order in which the columns of a matrix are rounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calibrate/input_gram.hpp"

namespace ringlet::convert {

/// Columns that matter most come first, so that all others can make up for their errors. Groups of
/// 32, which share a scale, stay together: they are sorted by the falling sum of the diagonal of
/// the Gram matrix, and the columns in a group by the falling diagonal.
struct ColumnOrder {
  struct Group {
    std::uint32_t number;  // in the matrix
    std::uint32_t begin;   // of its columns in the order
    std::uint32_t end;
  };
  std::vector<std::uint32_t> columns;  // by their place in the order
  std::vector<Group> groups;
};

[[nodiscard]] ColumnOrder order_columns(const InputGram& gram);

}  // namespace ringlet::convert

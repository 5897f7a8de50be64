#include "calibrate/column_order.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/packed_layout.hpp"

namespace ringlet::convert {

ColumnOrder order_columns(const InputGram& gram) {
  const auto columns = static_cast<std::uint32_t>(gram.columns);
  const auto diagonal = [&](std::uint32_t column) { return gram.squares.row(column)[column]; };
  const auto end_of = [&](std::uint32_t group) {
    return std::min((group + 1) * packed::group_size, columns);
  };
  std::vector<double> sums(packed::groups(columns), 0.0);
  for (std::uint32_t column = 0; column < columns; ++column) {
    sums[column / packed::group_size] += diagonal(column);
  }
  std::vector<std::uint32_t> groups(sums.size());
  std::iota(groups.begin(), groups.end(), 0U);
  std::stable_sort(groups.begin(), groups.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return sums[a] > sums[b]; });
  ColumnOrder order;
  for (const std::uint32_t group : groups) {
    const auto begin = static_cast<std::uint32_t>(order.columns.size());
    for (std::uint32_t column = group * packed::group_size; column < end_of(group); ++column) {
      order.columns.push_back(column);
    }
    const auto end = static_cast<std::uint32_t>(order.columns.size());
    std::stable_sort(order.columns.begin() + begin, order.columns.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return diagonal(a) > diagonal(b); });
    order.groups.push_back({group, begin, end});
  }
  return order;
}

}  // namespace ringlet::convert

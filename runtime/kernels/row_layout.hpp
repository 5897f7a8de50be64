// The layout of tables that are only looked up: the numbers of packed_layout.hpp, row by row, so
// that a token touches as few pages of memory as its row has. Columns are padded to groups of 32
// (code 0), rows are not.
//
// For row n, column k, group g = k/32, kk = k%32, G groups in a row:
//
//   scales  fp16 at index n·G + g
//   INT4    byte (n·G + g)·16 + kk%16, low nibble if kk < 16; code = q + 8 with q in −8…7
//   INT8    byte (n·G + g)·32 + kk; q in −127…127
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/packed_layout.hpp"
#include "kernels/packed_matrix.hpp"

namespace ringlet {
namespace rows {

inline constexpr std::uint32_t int4_group_bytes = 16;
inline constexpr std::uint32_t int8_group_bytes = 32;

constexpr std::uint64_t code_bytes(bool int4, std::uint64_t rows, std::uint64_t columns) {
  return rows * packed::groups(columns) * (int4 ? int4_group_bytes : int8_group_bytes);
}
constexpr std::uint64_t scale_bytes(std::uint64_t rows, std::uint64_t columns) {
  return rows * packed::groups(columns) * 2;
}

/// The code of column kk of a group whose codes begin at `group`.
[[nodiscard]] constexpr std::int32_t code_at(bool int4, const std::uint8_t* group, std::size_t kk) {
  if (!int4) return static_cast<std::int8_t>(group[kk]);
  return (kk < 16 ? group[kk] & 15 : group[kk - 16] >> 4) - packed::int4_zero_code;
}

}  // namespace rows

/// y = `count` columns, from `first` on, of a row of a table: f32, f16, or is_by_rows(). Exact, so
/// it is the same for every kernel set.
void read_table(const PackedMatrix& table, std::size_t row, std::size_t first, std::size_t count,
                float* y) noexcept;

}  // namespace ringlet

// The layout of a packed matrix, shared by all kernels, the converter and the verifier.
//
// A matrix of N rows and K columns has two planes. Rows are padded to panels of 16 (pad: scale 0),
// columns to groups of 32 (pad: code 0). For row n and column k: panel p = n/16, r = n%16, group g
// = k/32, kk = k%32, G groups in a row.
//
//   scales  fp16 at index (p·G + g)·16 + r; of either sign, zero or at least 2^-14 in magnitude
//   INT4    byte (p·G + g)·256 + (r/4)·64  + ((kk%16)/4)·16 + (r%4)·4 + kk%4,
//           low nibble if kk < 16; code = q + 8 with q in −8…7
//   INT8    byte (p·G + g)·512 + (r/4)·128 + (kk/4)·16 + (r%4)·4 + kk%4; q in −127…127
//
// One 64-byte line holds four rows of a whole INT4 group (two lines for INT8). SDOT/SMMLA, SMLAL,
// Helium VLD4, VPMADDUBSW and VPDPBUSD can all use this shape without a shuffle.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace ringlet::packed {

inline constexpr std::uint32_t group_size = 32;         // columns that share a scale
inline constexpr std::uint32_t panel_rows = 16;         // rows in a panel
inline constexpr std::size_t alignment = 64;            // of every plane
inline constexpr std::uint32_t int4_panel_bytes = 256;  // one panel × one group
inline constexpr std::uint32_t int8_panel_bytes = 512;
inline constexpr std::uint8_t int4_zero_code = 8;  // the code of q = 0

// Counts, in the type of the argument (std::size_t in kernels, 64 bits for sizes in files).
template <std::unsigned_integral T>
constexpr T groups(T columns) {
  return columns / group_size + (columns % group_size != 0 ? 1 : 0);
}
template <std::unsigned_integral T>
constexpr T panels(T rows) {
  return rows / panel_rows + (rows % panel_rows != 0 ? 1 : 0);
}
template <std::unsigned_integral T>
constexpr T padded_rows(T rows) {
  return panels(rows) * panel_rows;
}
template <std::unsigned_integral T>
constexpr T padded_columns(T columns) {
  return groups(columns) * group_size;
}

// Sizes of the planes in bytes. Rows and columns are below 2^32, so nothing here overflows 64 bits
// if the product of panels and groups is below 2^54. model/verify.cpp checks that first.
constexpr std::uint64_t int4_bytes(std::uint64_t rows, std::uint64_t columns) {
  return panels(rows) * groups(columns) * int4_panel_bytes;
}
constexpr std::uint64_t int8_bytes(std::uint64_t rows, std::uint64_t columns) {
  return panels(rows) * groups(columns) * int8_panel_bytes;
}
constexpr std::uint64_t scale_bytes(std::uint64_t rows, std::uint64_t columns) {
  return panels(rows) * groups(columns) * panel_rows * 2;
}

/// Index of a panel and group, in units of one panel × one group.
constexpr std::size_t block(std::size_t panel, std::size_t group, std::size_t group_count) {
  return panel * group_count + group;
}

constexpr std::size_t scale_index(std::size_t row, std::size_t group, std::size_t group_count) {
  return block(row / panel_rows, group, group_count) * panel_rows + row % panel_rows;
}

/// Offset of an INT4 code within its panel and group; in the low nibble if kk < 16, else in the
/// high one.
constexpr std::size_t int4_byte(std::size_t row_in_panel, std::size_t kk) {
  return (row_in_panel / 4) * 64 + ((kk % 16) / 4) * 16 + (row_in_panel % 4) * 4 + kk % 4;
}

/// Offset of an INT8 code within its panel and group.
constexpr std::size_t int8_byte(std::size_t row_in_panel, std::size_t kk) {
  return (row_in_panel / 4) * 128 + (kk / 4) * 16 + (row_in_panel % 4) * 4 + kk % 4;
}

}  // namespace ringlet::packed

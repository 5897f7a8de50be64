// Where each number of a cache page lies. A page is 32 positions of one kv head; d is the head
// size.
//
//   f32, f16   row-major, position · d + i, for keys and values
//   INT8 keys    rows are positions: line (pos/4)·L + i/16 of 64 bytes, L = ⌈d/16⌉,
//                byte ((i%16)/4)·16 + (pos%4)·4 + i%4
//   INT8 values  rows are dimensions, positions are the columns: line (i/4)·2 + pos/16,
//                byte ((pos%16)/4)·16 + (i%4)·4 + pos%4
//
// These are the lines of packed_layout.hpp, so one family of micro-kernels serves weights, keys and
// values. INT8 has one fp16 scale per position and side. Unused bytes of a padded line are zero.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ringlet/formats.hpp"

namespace ringlet::page {

inline constexpr std::uint32_t positions = 32;  // of a page
inline constexpr std::uint32_t segment_pages = 8;
inline constexpr std::uint32_t segment_positions =
    positions * segment_pages;  // softmax works on these

constexpr std::size_t int8_key_byte(std::size_t position, std::size_t i, std::size_t head_dim) {
  const std::size_t lines = (head_dim + 15) / 16;
  return ((position / 4) * lines + i / 16) * 64 + ((i % 16) / 4) * 16 + (position % 4) * 4 + i % 4;
}

constexpr std::size_t int8_value_byte(std::size_t position, std::size_t i) {
  return ((i / 4) * 2 + position / 16) * 64 + ((position % 16) / 4) * 16 + (i % 4) * 4 +
         position % 4;
}

/// Bytes of the keys of one page.
constexpr std::uint64_t key_bytes(KvFormat format, std::uint64_t head_dim) {
  switch (format) {
    case KvFormat::f32:
      return positions * head_dim * 4;
    case KvFormat::f16:
      return positions * head_dim * 2;
    case KvFormat::int8:
      return positions * ((head_dim + 15) / 16 * 16);
  }
  return 0;
}

/// Bytes of the values of one page.
constexpr std::uint64_t value_bytes(KvFormat format, std::uint64_t head_dim) {
  switch (format) {
    case KvFormat::f32:
      return positions * head_dim * 4;
    case KvFormat::f16:
      return positions * head_dim * 2;
    case KvFormat::int8:
      return positions * ((head_dim + 3) / 4 * 4);
  }
  return 0;
}

/// Bytes of the scales of the keys, or of the values, of one page.
constexpr std::uint64_t scale_bytes(KvFormat format) {
  return format == KvFormat::int8 ? positions * 2 : 0;
}

}  // namespace ringlet::page

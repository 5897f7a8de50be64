// The layout of a cache page. A page is 32 positions of one kv head; d is the head size.
//
//   f32, f16     row-major, position · d + i, for keys and values
//   INT8 keys    rows are positions: line (pos/4)·L + i/16 of 64 bytes, L = ⌈d/16⌉,
//                byte ((i%16)/4)·16 + (pos%4)·4 + i%4
//   INT8 values  rows are dimensions, columns are positions: line (i/4)·2 + pos/16,
//                byte ((pos%16)/4)·16 + (i%4)·4 + pos%4
//
//   INT4 keys    line (pos/4)·G + i/32, G = ⌈d/32⌉, byte ((i%16)/4)·16 + (pos%4)·4 + i%4,
//                low nibble if i%32 < 16; code = q + 8 with q in −8…7;
//                scale of position and group g at g·32 + pos
//   INT4 values  line i/4, byte ((pos%16)/4)·16 + (i%4)·4 + pos%4, low nibble if pos < 16;
//                scale of position and group of dimensions g at g·32 + pos
//
// These are the lines of packed_layout.hpp, so one family of micro-kernels serves weights, keys and
// values. INT8 has one fp16 scale per position and side. INT4 has one per position, side and 32
// dimensions, of either sign. Unused bytes of a padded line are zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/features.hpp"
#include "ringlet/formats.hpp"

namespace ringlet::page {

inline constexpr std::uint32_t positions = 32;  // in a page
inline constexpr std::uint32_t largest_head_dim = features::per_layer ? 512 : 256;
inline constexpr std::uint32_t segment_pages = 8;
inline constexpr std::uint32_t segment_positions =
    positions * segment_pages;  // the unit of the softmax

constexpr std::size_t int8_key_byte(std::size_t position, std::size_t i, std::size_t head_dim) {
  const std::size_t lines = (head_dim + 15) / 16;
  return ((position / 4) * lines + i / 16) * 64 + ((i % 16) / 4) * 16 + (position % 4) * 4 + i % 4;
}

constexpr std::size_t int8_value_byte(std::size_t position, std::size_t i) {
  return ((i / 4) * 2 + position / 16) * 64 + ((position % 16) / 4) * 16 + (i % 4) * 4 +
         position % 4;
}

constexpr std::size_t int4_groups(std::size_t head_dim) { return (head_dim + 31) / 32; }

constexpr std::size_t int4_key_byte(std::size_t position, std::size_t i, std::size_t head_dim) {
  return ((position / 4) * int4_groups(head_dim) + i / 32) * 64 + ((i % 16) / 4) * 16 +
         (position % 4) * 4 + i % 4;
}
/// Whether element i of an INT4 key is in the high nibble.
constexpr bool int4_key_high(std::size_t i) { return i % 32 >= 16; }

constexpr std::size_t int4_value_byte(std::size_t position, std::size_t i) {
  return (i / 4) * 64 + ((position % 16) / 4) * 16 + (i % 4) * 4 + position % 4;
}
constexpr bool int4_value_high(std::size_t position) { return position >= 16; }

/// Codes from one quantized query to the next: whole groups of 32, padded with zeros.
constexpr std::size_t query_stride(std::size_t head_dim) { return (head_dim + 31) / 32 * 32; }

// Sizes are numbers of 64 bits in a plan, and of size_t, which is faster, for a cache in memory.

/// Size in bytes of the keys of one page.
template <typename T = std::uint64_t>
constexpr T key_bytes(KvFormat format, std::type_identity_t<T> head_dim) {
  switch (format) {
    case KvFormat::f32:
      return positions * head_dim * 4;
    case KvFormat::f16:
      return positions * head_dim * 2;
    case KvFormat::int8:
      return positions * ((head_dim + 15) / 16 * 16);
    case KvFormat::int4:
      return positions * ((head_dim + 31) / 32 * 16);
  }
  return 0;
}

/// Size in bytes of the values of one page.
template <typename T = std::uint64_t>
constexpr T value_bytes(KvFormat format, std::type_identity_t<T> head_dim) {
  switch (format) {
    case KvFormat::f32:
      return positions * head_dim * 4;
    case KvFormat::f16:
      return positions * head_dim * 2;
    case KvFormat::int8:
      return positions * ((head_dim + 3) / 4 * 4);
    case KvFormat::int4:
      return positions * ((head_dim + 3) / 4 * 2);
  }
  return 0;
}

/// Size in bytes of the scales of the keys, or of the values, of one page.
template <typename T = std::uint64_t>
constexpr T scale_bytes(KvFormat format, std::type_identity_t<T> head_dim) {
  constexpr T plane = T{positions} * 2;
  if (format == KvFormat::int8) return plane;
  return format == KvFormat::int4 ? plane * ((head_dim + 31) / 32) : 0;
}

/// Number of pages for `slots` positions.
template <typename T>
constexpr T count(T slots) {
  return (slots + positions - 1) / positions;
}

/// Size in bytes of `slots` positions in pages of `page_bytes`: whole pages; in row-major formats
/// only the rows, rounded up to lines of 64 bytes.
template <typename T = std::uint64_t>
constexpr T plane_bytes(KvFormat format, std::type_identity_t<T> page_bytes,
                        std::type_identity_t<T> slots) {
  if (is_integer(format)) return count(slots) * page_bytes;
  return (slots * (page_bytes / positions) + 63) / 64 * 64;
}

}  // namespace ringlet::page

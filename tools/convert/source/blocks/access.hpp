// Reads parts of a block, whose bytes are not aligned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "numerics/half.hpp"

namespace ringlet::convert::blocks {

template <typename T>
T load(const std::byte* from) {
  T value{};
  std::memcpy(&value, from, sizeof(value));
  return value;
}

inline float half(const std::byte* from) { return half_to_float(load<std::uint16_t>(from)); }

inline int byte_at(const std::byte* from, std::size_t i) { return std::to_integer<int>(from[i]); }

/// Calls decode(block, its floats) for each block.
template <typename Decode>
void each_block(const std::byte* from, std::size_t blocks, std::size_t bytes, std::size_t elements,
                float* to, Decode decode) {
  for (std::size_t i = 0; i < blocks; ++i) decode(from + i * bytes, to + i * elements);
}

/// Writes value(low or high nibble, index) for 2·count elements: first the low nibbles of `count`
/// bytes, then the high ones.
template <std::size_t count, typename Out, typename Value>
void each_nibble(const std::byte* nibbles, Out* to, Value value) {
  for (std::size_t j = 0; j < count; ++j) {
    const int both = byte_at(nibbles, j);
    to[j] = value(both & 15, j);
    to[j + count] = value(both >> 4, j + count);
  }
}

}  // namespace ringlet::convert::blocks

// A trie of byte strings in one array of 32-bit units, the form that SentencePiece writes its
// charsmaps in (Aoe, 1989, with the offsets of Darts-clone).
//
// A unit holds the byte that leads to it, the offset of its children, and whether a value ends
// there. The child for byte b of the unit at i is at i ^ offset ^ b; the value is where the child
// for byte 0 would be, marked by the highest bit. As b changes the low eight bits only, all
// children lie in one block of 256.
#pragma once

#include <cstdint>

namespace ringlet::double_array {

inline constexpr std::uint32_t block = 256;
inline constexpr std::uint32_t value_mark = 0x80000000;

constexpr bool is_value(std::uint32_t unit) noexcept { return (unit & value_mark) != 0; }
constexpr std::uint32_t value(std::uint32_t unit) noexcept { return unit & ~value_mark; }
constexpr bool has_value(std::uint32_t unit) noexcept { return (unit >> 8 & 1) != 0; }

/// The byte that leads to the unit; no byte at all for one that holds a value.
constexpr std::uint32_t label(std::uint32_t unit) noexcept { return unit & (value_mark | 0xFF); }

/// What the index of the unit is to be combined with, by exclusive or, to reach its children.
/// Offsets of more than 21 bits are multiples of 256.
constexpr std::uint32_t offset(std::uint32_t unit) noexcept {
  return (unit >> 10) << ((unit >> 9 & 1) * 8);
}

}  // namespace ringlet::double_array

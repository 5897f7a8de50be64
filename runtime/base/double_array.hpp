// A trie of byte strings in one array of 32-bit units (Aoe, 1989, with the offset encoding of
// Darts-clone). SentencePiece writes its charsmaps in this form.
//
// A unit holds the byte that leads to it, the offset of its children, and whether a value ends
// there. The child of unit i for byte b is at i ^ offset ^ b. A value is stored in the place of the
// child for byte 0 and marked by the highest bit. Since b changes only the low eight bits, all
// children are in one block of 256.
#pragma once

#include <cstdint>

namespace ringlet::double_array {

inline constexpr std::uint32_t block = 256;
inline constexpr std::uint32_t value_mark = 0x80000000;

constexpr bool is_value(std::uint32_t unit) noexcept { return (unit & value_mark) != 0; }
constexpr std::uint32_t value(std::uint32_t unit) noexcept { return unit & ~value_mark; }
constexpr bool has_value(std::uint32_t unit) noexcept { return (unit >> 8 & 1) != 0; }

/// The byte that leads to the unit. A unit that holds a value yields a number that is no byte.
constexpr std::uint32_t label(std::uint32_t unit) noexcept { return unit & (value_mark | 0xFF); }

/// The number that, XORed with the index of the unit, gives the base of its children. Offsets of
/// more than 21 bits are multiples of 256.
constexpr std::uint32_t offset(std::uint32_t unit) noexcept {
  return (unit >> 10) << ((unit >> 9 & 1) * 8);
}

}  // namespace ringlet::double_array

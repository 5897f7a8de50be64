// Words of codes in a general register: four codes of one row, or in 64 bits of two rows. One
// multiplication by a word gives several products, in fields of the result.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

// A test defines the macro, to test short words on a machine with long ones.
#if !defined(RINGLET_PORTABLE_WORD_BITS)
#if __SIZEOF_POINTER__ == 8 || defined(__x86_64__) || defined(__wasm__)
#define RINGLET_PORTABLE_WORD_BITS 64
#else
#define RINGLET_PORTABLE_WORD_BITS 32
#endif
#endif

#if RINGLET_PORTABLE_WORD_BITS == 64
using Word = std::uint64_t;
#else
using Word = std::uint32_t;
#endif
inline constexpr std::size_t rows_in_word = sizeof(Word) / 4;
inline constexpr std::size_t words_in_quad = 4 / rows_in_word;

/// Words whose sums are kept in registers at a time: those of four rows, but Thumb-1 has eight
/// registers. With fourteen, as much as that is done in a loop that the compiler must not unroll.
#if defined(__thumb__) && !defined(__thumb2__)
#define RINGLET_THUMB1 1
inline constexpr std::size_t words_together = 1;
#else
inline constexpr std::size_t words_together = words_in_quad;
#endif
inline constexpr int nibble_steps_unrolled = rows_in_word == 2 ? 4 : 1;

/// The same 32 bits for each row of a word.
constexpr Word each_row(std::uint32_t bits) {
  Word word = bits;
  for (std::size_t r = 1; r < rows_in_word; ++r) word = word << 16 << 16 | bits;
  return word;
}

/// Loads from an address that is a multiple of the size of a word, as all of the layouts are.
/// Without that promise, processors that refuse others would load byte by byte.
inline Word load_word(const std::uint8_t* p) {
  static_assert(std::endian::native == std::endian::little);
  Word word;
  __builtin_memcpy(&word, __builtin_assume_aligned(p, sizeof word), sizeof word);
  return word;
}

/// A signed number as a word, modulo 2^32 or 2^64.
constexpr Word wrap(std::int32_t a) { return static_cast<Word>(std::int64_t{a}); }

}  // namespace
}  // namespace ringlet::portable

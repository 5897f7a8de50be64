// Dot products of INT8 codes with numbers of up to 16 bits. A word of 64 bits has the codes of two
// rows; one multiplication by a number gives a product of each, in two fields of 32 bits.
#pragma once

#include "kernels/portable/word.hpp"

namespace ringlet::portable {
namespace {  // NOLINT(cert-dcl59-cpp): see simd/README.md, Rules

/// Four rows as two words. Codes become unsigned by adding 128.
template <typename Number>
inline void dot_pairs_of_rows(const std::uint8_t* codes, const Number* x, std::size_t columns,
                              std::int32_t* dots) {
  constexpr Word mask = each_row(0xFF);
  Word sum[2] = {};
  std::int32_t total = 0;
  for (std::size_t k = 0; k < columns; k += 4, codes += 16, x += 4) {
#pragma GCC unroll 2
    for (std::size_t w = 0; w < 2; ++w) {
      const Word word = load_word(codes + 8 * w) ^ each_row(0x80808080);
      sum[w] += (word & mask) * wrap(x[0]) + (word >> 8 & mask) * wrap(x[1]) +
                (word >> 16 & mask) * wrap(x[2]) + (word >> 24 & mask) * wrap(x[3]);
    }
    total += x[0] + x[1] + x[2] + x[3];
  }
  for (std::size_t w = 0; w < 2; ++w) {
    const auto low = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum[w]));
    const auto high =
        static_cast<std::int32_t>(static_cast<std::uint32_t>((sum[w] - wrap(low)) >> 16 >> 16));
    dots[2 * w] = low - 128 * total;
    dots[2 * w + 1] = high - 128 * total;
  }
}

/// Four rows, whose codes for columns k to k + 3 are the sixteen bytes from 4·k on.
template <typename Number>
[[gnu::noinline]] void dot_bytes(const std::uint8_t* codes, const Number* x, std::size_t columns,
                                 std::int32_t* dots) {
  if constexpr (rows_in_word == 2) return dot_pairs_of_rows(codes, x, columns, dots);
  std::int32_t sums[4] = {};
  for (std::size_t k = 0; k < columns; k += 4, codes += 16, x += 4) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      const std::int32_t number = x[i];
#pragma GCC unroll 4
      for (std::size_t r = 0; r < 4; ++r) {
        sums[r] += static_cast<std::int8_t>(codes[4 * r + i]) * number;
      }
    }
  }
  for (std::size_t r = 0; r < 4; ++r) dots[r] = sums[r];
}

}  // namespace
}  // namespace ringlet::portable
